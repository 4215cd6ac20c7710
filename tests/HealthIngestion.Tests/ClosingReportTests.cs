using FastIngest;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks.Summaries;
using HealthIngestion.CommandLine;
using HealthIngestion.Commands;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Report;
using HealthIngestion.Settings;

namespace HealthIngestion.Tests;

/// <summary>The closing words over made-up figures.</summary>
public sealed class ClosingReportTests
{
    [Fact]
    public void The_tables_are_aligned()
    {
        string text = ClosingWriter.Plain(ClosingReport.Of(Report(aggregated: 21_899_988), [], Settings(), 213_000_000));

        Assert.Equal(
            """

            category      files     size     records  repeated  rejected  why
            users             0
            activities        0
            workouts          0
            nutrition         0
            sleep             0
            heart_rate        2  3.00 GB  21,900,000         0        12  invalid_json 2, no_value 10
            measurements      0
            total             2  3.00 GB  21,900,000         0        12

            target            rows   inserted  updated  unchanged
            sqlite:a.db  1,825,000  1,824,999        1          0

            balance: 21,900,000 records = 21,899,988 aggregated + 0 repeated + 12 rejected
            1,825,000 daily summaries in 2.00 s: 1.50 GB/s, 11.0 M records/s, peak memory 213 MB
            rejects: 12 records in /no/such/file
            next: sqlite3 a.db "select summary from daily_summaries limit 3"

            """,
            text);
    }

    [Fact]
    public void A_balance_that_does_not_add_up_is_loud()
    {
        IngestReport report = Report(aggregated: 21_899_987);

        Assert.False(Balance.Of(report).IsOk);
        Assert.Contains(ClosingReport.Of(report, [], Settings(), 1).Sentences, s => s.EndsWith("WHICH DOES NOT ADD UP", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(999_500, "1.00 MB")]
    [InlineData(12_340_000, "12.3 MB")]
    [InlineData(3_000_000_000, "3.00 GB")]
    public void Bytes_have_three_digits_and_a_unit(long bytes, string expected) => Assert.Equal(expected, Figures.Bytes(bytes));

    [Fact]
    public void The_first_reject_is_read_whatever_the_size_of_its_record()
    {
        using Workplace place = Workplace.Empty();
        string head = """{"file": "data/heart rate.json", "category": "heart_rate", "reason": "no_value", "offset": 231, "length": 9, "line": 4, "raw": " """;
        File.WriteAllText(place["r.ndjson"], head.TrimEnd() + new string('x', 200_000) + "\"}\n");

        Assert.Equal(new FirstReject("no_value", "data/heart rate.json", 4), FirstReject.Read(place["r.ndjson"]));
        Assert.Null(FirstReject.Read(place["missing"]));
        File.WriteAllText(place["r.ndjson"], "nonsense");
        Assert.Null(FirstReject.Read(place["r.ndjson"]));
    }

    [Fact]
    public void A_fault_is_one_line_that_says_what_to_do()
    {
        Assert.Equal("a b. Do c.", Faults.Line(new IngestException("a\nb", "Do c.")));
        Assert.Equal("a. Do c.", Faults.Line(new AggregateException(new IngestException("a.", "Do c"))));
        Assert.Contains("not enough memory", Faults.Line(new InsufficientMemoryException()), StringComparison.Ordinal);
        Assert.Contains("unexpected InvalidOperationException: x.", Faults.Line(new InvalidOperationException("x")), StringComparison.Ordinal);
    }

    private static IngestReport Report(long aggregated) => new()
    {
        RunId = Guid.CreateVersion7(),
        Categories =
        [
            .. Categories.Named.Select(c => c == Category.HeartRate
                ? new CategoryReport(c, 2, 3_000_000_000, 21_900_000, aggregated, 0, new Dictionary<RejectReason, long> { [RejectReason.NoValue] = 10, [RejectReason.InvalidJson] = 2 })
                : new CategoryReport(c, 0, 0, 0, 0, 0, new Dictionary<RejectReason, long>())),
        ],
        Sinks = [new SinkReport<SinkResult>("sqlite:a.db", new SinkResult(1_825_000, 1_824_999, 1, 0))],
        Filtered = null,
        Rows = 1_825_000,
        Elapsed = TimeSpan.FromSeconds(2),
        Warnings = [],
        Unread = [],
    };

    private static IngestSettings Settings()
    {
        IngestCommand command = new();
        return IngestSettings.From(command.Options, Parsing.Parse(command.Spec, ["data", "--to", "sqlite:a.db", "--rejects", "/no/such/file"], AllCommands.Table));
    }
}
