using FastIngest.Sinks.Summaries;
using FastIngest.Storage;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Targets;

namespace FastIngest.Tests.Targets;

public class TargetListTests
{
    private static readonly TargetCapability[] All = Enum.GetValues<TargetCapability>();

    [Fact]
    public void A_name_leads_to_the_sink_of_its_kind()
    {
        Assert.IsType<SqliteSink>(Create("sqlite:health.db"));
        Assert.IsType<NdjsonSink>(Create("ndjson:out.ndjson"));
        Assert.Equal("ndjson:-", Create("NDJSON:-").DisplayName);
        Assert.Equal("sqlite:C:/x y.db", Create("sqlite:C:/x y.db").DisplayName);
    }

    [Theory]
    [InlineData("sqlite:a.db", "a.db", false)]
    [InlineData("ndjson:a:b", "a:b", false)]
    [InlineData("ndjson:-", null, true)]
    [InlineData("sqlite:-", "-", false)]
    [InlineData("postgres://h/d", null, false)]
    public void A_target_shows_where_its_rows_go(string name, string? file, bool isStandardOutput)
    {
        Target target = TargetRegistry.All.Parse(name);
        Assert.Equal((file, isStandardOutput), (target.FilePath, target.IsStandardOutput));
    }

    [Theory]
    [InlineData("x.db", "Unknown target 'x.db'.", "Did you mean sqlite:x.db?")]
    [InlineData("out/X.SQLITE3", "Unknown target 'out/X.SQLITE3'.", "Did you mean sqlite:out/X.SQLITE3?")]
    [InlineData("rows.ndjson", "Unknown target 'rows.ndjson'.", "Did you mean ndjson:rows.ndjson?")]
    [InlineData("-", "Unknown target '-'.", "Did you mean ndjson:-?")]
    [InlineData("sqlite3:x.db", "Unknown target 'sqlite3:…'.", "Did you mean sqlite:FILE?")]
    [InlineData("postgers://me:secret@h/d", "Unknown target 'postgers:…'.", "Did you mean postgres://USER@HOST/DATABASE?")]
    [InlineData("Postgresq://me:secret@h/d", "Unknown target 'Postgresq:…'.", "Did you mean postgres://USER@HOST/DATABASE?")]
    [InlineData("https:/me:secret@h/d", "Unknown target 'https:…'.", "Did you mean http(s)://HOST/PATH?")]
    [InlineData("weaviat://h/C", "Unknown target 'weaviat:…'.", "Did you mean weaviate(s)://HOST/CLASS?")]
    public void An_unknown_target_that_is_near_a_known_one_is_guessed(string name, string message, string remedy)
    {
        IngestException e = Assert.Throws<IngestException>(() => TargetRegistry.All.Parse(name));
        Assert.Equal((message, remedy), (e.Message, e.Remedy));
    }

    [Theory]
    [InlineData("health")]
    [InlineData("")]
    [InlineData("mysql://user:secret@host/db")]
    [InlineData("C:/x.db secret")]
    public void An_unknown_target_that_is_near_none_gets_the_list_and_keeps_its_secret(string name)
    {
        IngestException e = Assert.Throws<IngestException>(() => TargetRegistry.All.Parse(name, TargetCapability.Summaries));
        Assert.Equal("Use sqlite:FILE, postgres://USER@HOST/DATABASE, ndjson:FILE, ndjson:- (standard output), protobuf:FILE, protobuf:- (standard output), parquet:DIR, arrow:DIR or csv:DIR.", e.Remedy);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guess_has_what_is_wanted()
    {
        IngestException e = Assert.Throws<IngestException>(() => TargetRegistry.All.Parse("rows.ndjson", TargetCapability.Reprocess));
        Assert.Equal("Use sqlite:FILE or postgres://USER@HOST/DATABASE.", e.Remedy);
    }

    [Theory]
    [InlineData("sqlite:", "Write sqlite:FILE.")]
    [InlineData("postgresql:", "Write postgres://USER@HOST/DATABASE.")]
    [InlineData("http://", "Write http(s)://HOST/PATH.")]
    public void A_target_that_names_nothing_is_rejected(string name, string remedy) =>
        Assert.Equal(remedy, Assert.Throws<IngestException>(() => TargetRegistry.All.Parse(name)).Remedy);

    [Theory]
    [InlineData("ndjson:out", TargetCapability.Reprocess, "ndjson: cannot be reprocessed.", "Use sqlite:FILE or postgres://USER@HOST/DATABASE.")]
    [InlineData("ndjson:out", TargetCapability.Outbox, "ndjson: holds no summaries that can be delivered.", "Use sqlite:FILE or postgres://USER@HOST/DATABASE.")]
    [InlineData("sqlite:a.db", TargetCapability.Records, "sqlite: cannot store records.", "Use postgres://USER@HOST/DATABASE, parquet:DIR, arrow:DIR or csv:DIR.")]
    [InlineData("sqlite:a.db", TargetCapability.Api, "sqlite: is not an API.", "Use http(s)://HOST/PATH or weaviate(s)://HOST/CLASS.")]
    [InlineData("HTTPS://u:secret@h/p", TargetCapability.Entries, "https:// cannot store dictionary entries.", "Use sqlite:FILE, postgres://USER@HOST/DATABASE, ndjson:FILE or ndjson:- (standard output).")]
    public void A_target_that_lacks_a_capability_is_rejected_with_those_that_have_it(string name, TargetCapability wanted, string message, string remedy)
    {
        IngestException e = Assert.Throws<IngestException>(() => TargetRegistry.All.Parse(name, wanted));
        Assert.Equal((message, remedy), (e.Message, e.Remedy));
    }

    [Fact]
    public void Whatever_a_target_lacks_cannot_be_created_either()
    {
        TargetOptions options = new();
        Assert.Contains("cannot be reprocessed", Assert.Throws<IngestException>(() => TargetRegistry.All.Parse("ndjson:a").CreateEntryStore(options)).Message);
        Assert.Contains("holds no summaries", Assert.Throws<IngestException>(() => TargetRegistry.All.Parse("ndjson:a").CreateDeliverySource(options)).Message);
        Assert.Contains("is not an API", Assert.Throws<IngestException>(() => TargetRegistry.All.Parse("sqlite:a").CreateApi(new TargetOptions())).Message);
        Assert.Contains("cannot store daily summaries", Assert.Throws<IngestException>(() => TargetRegistry.All.Parse("http://h/p").CreateSummarySink(options)).Message);
        Assert.Contains("cannot store dictionary entries", Assert.Throws<IngestException>(() => TargetRegistry.All.Parse("weaviate://h/C").CreateEntrySink(options)).Message);
    }

    [Fact]
    public void Every_capability_is_one_of_some_target_and_every_target_has_one()
    {
        Assert.All(All, c => Assert.Contains(TargetRegistry.All.Kinds, k => k.Has(c)));
        Assert.All(TargetRegistry.All.Kinds, k => Assert.Contains(All, k.Has));
    }

    [Theory]
    [InlineData("postgres://u:p@h/d", true)]
    [InlineData("postgresql", true)]
    [InlineData("HTTP://h", true)]
    [InlineData("weaviates://h", true)]
    [InlineData("sqlite:a.db", false)]
    [InlineData("data", false)]
    public void What_may_hold_a_secret_is_known(string text, bool may) => Assert.Equal(may, TargetRegistry.All.MayHoldSecret(text));

    private static ISummarySink Create(string name) => TargetRegistry.All.Parse(name, TargetCapability.Summaries).CreateSummarySink(new TargetOptions());
}
