using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage;
using FastIngest.Targets;
using FastIngest.Tests.Support;
using FastIngest.Tests.Targets.Csv;

namespace FastIngest.Tests.Targets;

/// <summary>Adding a target needs a folder, here <c>Csv</c>, and one line in the list of targets.</summary>
public sealed class AddedTargetTests
{
    private static readonly TargetList Targets = TargetRegistry.All.With(CsvTarget.Kind);

    [Fact]
    public async Task An_added_target_takes_the_summaries_of_a_run()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("days.tsv");
        IngestOptions options = new() { Paths = [TestData.Health("compact")], RejectsPath = folder.File("rejects.ndjson") };
        await using ISummarySink sink = Targets.Parse("tsv:" + file, TargetCapability.Summaries).CreateSummarySink(new TargetOptions());

        IngestReport report = await HealthIngest.RunAsync(options, [sink], null, TestContext.Current.CancellationToken);

        string[] lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllLines(Path.Combine(TestData.Health("compact"), "expected.ndjson")).Length, lines.Length);
        Assert.Equal((report.Rows, "tsv:" + file), (lines.Length, report.Sinks[0].Target));
        Assert.All(lines, l => Assert.Matches("^[^,]+,[0-9]{4}-[0-9]{2}-[0-9]{2},\".+\"$", l));
    }

    [Fact]
    public void An_added_target_is_named_in_help_and_in_errors()
    {
        Assert.EndsWith(" or tsv:FILE", Targets.JoinForms(TargetCapability.Summaries), StringComparison.Ordinal);
        Assert.Equal("Did you mean tsv:days.tsv?", Assert.Throws<IngestException>(() => Targets.Parse("days.tsv")).Remedy);
        Assert.Equal("tsv: cannot store dictionary entries.", Assert.Throws<IngestException>(() => Targets.Parse("tsv:days.tsv", TargetCapability.Entries)).Message);
    }

    [Fact]
    public void The_program_itself_knows_nothing_of_it() =>
        Assert.Throws<IngestException>(() => TargetRegistry.All.Parse("tsv:days.tsv"));
}
