using FastIngest.Sinks.Summaries;
using FastIngest.Storage;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Sqlite.Summaries;

namespace FastIngest.Tests.Targets;

public class SinkFactoryTests
{
    [Fact]
    public void A_target_names_its_sink()
    {
        Assert.IsType<SqliteSink>(Create("sqlite:health.db"));
        Assert.IsType<NdjsonSink>(Create("ndjson:out.ndjson"));
        Assert.Equal("ndjson:-", Create("NDJSON:-").DisplayName);
        Assert.Equal("sqlite:C:/x y.db", Create("sqlite:C:/x y.db").DisplayName);
    }

    [Theory]
    [InlineData("health.db")]
    [InlineData("")]
    [InlineData("mysql://user:secret@host/db")]
    public void An_unknown_target_is_told_what_is_known_and_keeps_its_secret(string target)
    {
        IngestException e = Assert.Throws<IngestException>(() => Create(target));
        Assert.Contains("sqlite:FILE", e.Remedy);
        Assert.Contains("ndjson:-", e.Remedy);
        Assert.DoesNotContain("secret", e.Message + e.Remedy);
    }

    [Theory]
    [InlineData("sqlite:", "Write sqlite:FILE.")]
    [InlineData("postgresql:", "Write postgres://USER@HOST/DATABASE.")]
    public void A_target_without_a_file_is_refused(string target, string remedy) =>
        Assert.Equal(remedy, Assert.Throws<IngestException>(() => Create(target)).Remedy);

    private static ISummarySink Create(string target) => SinkFactory.Create(target, new SinkOptions(() => Stream.Null));
}
