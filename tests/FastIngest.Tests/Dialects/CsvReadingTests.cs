using System.Text;
using FastIngest.Dialects.CategoryCsv;
using FastIngest.Pipeline;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Dialects;

/// <summary>Tests the section "CSV" of docs/reading.md sentence by sentence.</summary>
public sealed class CsvReadingTests
{
    private const string Header = "user_id,date,activity_type,steps\n";

    [Theory]
    [InlineData("user_id,date\nu,2024-01-01\n", true)]
    [InlineData("date;user_id\r\n", true)]
    [InlineData("\uFEFFuser_id\tdate\n", true)]
    [InlineData("\n\r\nuser_id,date", true)]
    [InlineData(" \"user_id\" , \"a \"\" b\" \n", true)]
    [InlineData("user_id\n", false)]
    [InlineData("date,steps\n", true)]
    [InlineData("User_id,Date\n", false)]
    [InlineData("", false)]
    [InlineData("[{\"user_id\": 1, \"date\": 2}]", false)]
    [InlineData("{\"user_id\": 1, \"date\": 2}", false)]
    [InlineData("<html>user_id,date</html>", false)]
    [InlineData("\"user_id,date\n", false)]
    public void A_csv_file_begins_with_a_header_line_that_names_a_user_or_a_day(string head, bool isCsv) =>
        Assert.Equal(isCsv, new CategoryCsvDialect().Recognises(Encoding.UTF8.GetBytes(head)));

    [Theory]
    [InlineData("u,2024-01-01,run,100", "run", "100")]
    [InlineData("u,2024-01-01,\"a, \"\"b\"\"\nc\",100", "a, \"b\"\nc", "100")]
    [InlineData("u , 2024-01-01 ,  run  , 100 ", "run", "100")]
    [InlineData("u,2024-01-01,5\"6,\" 1e2 \"", "5\"6", "100")]
    [InlineData("u,2024-01-01T10:00:00Z,,", "unknown", null)]
    public void Cells_are_texts_and_numbers(string line, string type, string? steps)
    {
        RunResult run = Read(Header + line + "\n");
        Assert.Equal("", run.Rejects);
        Assert.Contains($" Activity: {type}{(steps is null ? "" : $", {steps} steps")}.", run.Rows.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("u,2024-01-01,run", "invalid_csv", 16)]
    [InlineData("u,2024-01-01,run,1,2", "invalid_csv", 20)]
    [InlineData("u,2024-01-01,\"run,1", "invalid_csv", 19)]
    [InlineData("u,2024-01-01,\"run\"x,1", "invalid_csv", 21)]
    [InlineData("u,2024-01-01,\xFF,1", "invalid_text", 16)]
    [InlineData(",2024-01-01,run,1", "no_user_id", 17)]
    [InlineData("u,2024-13-01,run,1", "no_date", 18)]
    [InlineData("u,,run,1", "no_date", 8)]
    public void Only_the_line_that_is_no_record_is_rejected(string line, string reason, int length)
    {
        byte[] good = Encoding.UTF8.GetBytes(Header + "u,2024-01-01,walk,1\r\n");
        RunResult run = Read([.. good, .. Encoding.Latin1.GetBytes(line), .. "\r\n\r\nv,2024-01-02,swim,2"u8]);
        Assert.Equal(2, run.Report.Rows);
        Assert.Equal(3, run.Report.Records);
        Assert.Contains($"\"reason\": \"{reason}\", \"offset\": {good.Length}, \"length\": {length}, \"line\": 3", run.Rejects, StringComparison.Ordinal);
        Assert.Single(run.Rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_line_of_nothing_but_delimiters_needs_no_memory_for_its_cells()
    {
        byte[] line = new byte[1_000_000];
        line.AsSpan().Fill((byte)',');
        CsvCells cells = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(CsvScan.Record, cells.Scan(line, (byte)',', most: 4, isFinal: true, out int length));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.Equal((line.Length, 5), (length, cells.Count));
        Assert.Contains("invalid_csv", Read([.. Encoding.UTF8.GetBytes(Header), .. line[..10_000]]).Rejects, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_beyond_the_largest_size_costs_its_first_line()
    {
        string line = $"u,2024-01-01,\"{new string('x', 40)}\n{new string('y', 40)}\",1\n";
        RunResult run = Read(Encoding.UTF8.GetBytes(Header + line + "v,2024-01-02,swim,2\n"), maxRecordBytes: 64);
        Assert.Equal(1, run.Report.Rows);
        Assert.Equal(["invalid_csv", "invalid_csv"], run.Rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split("\"reason\": \"")[1].Split('"')[0]));
        run = Read(Encoding.UTF8.GetBytes(Header + $"u,2024-01-01,{new string('x', 80)},1\n" + "v,2024-01-02,swim,2\n"), maxRecordBytes: 64);
        Assert.Contains("too_large", run.Rejects, StringComparison.Ordinal);
        Assert.Equal(1, run.Report.Rows);
    }

    [Fact]
    public void A_csv_file_without_a_header_line_is_reported()
    {
        IngestException fault = Assert.Throws<IngestException>(() => Read("day,steps\n2024-01-01,5\n"));
        Assert.Contains("header line", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IngestMode.Optimized)]
    [InlineData(IngestMode.Original)]
    public void A_header_line_that_never_ends_is_a_fault(IngestMode mode)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("activities.csv", Encoding.UTF8.GetBytes("user_id,date," + new string('x', 70_000) + "\nu,2024-01-01,1\n"));
        IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [path], Mode = mode }));
        Assert.Contains("header line", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void White_space_around_a_column_s_name_is_no_part_of_it() =>
        Assert.Equal(1, Read("\"user_id \", date ,steps\nu,2024-01-01,5\n").Report.Rows);

    private static RunResult Read(string file) => Read(Encoding.UTF8.GetBytes(file));

    private static RunResult Read(byte[] file, int maxRecordBytes = 16 << 20)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("activities.csv", file);
        RunResult whole = Run.Ingest(new IngestOptions { Paths = [path], Workers = 1, MaxRecordBytes = maxRecordBytes });
        RunResult pieces = Run.Ingest(new IngestOptions { Paths = [path], Workers = 2, ChunkBytes = 7, MaxRecordBytes = maxRecordBytes });
        RunResult reference = Run.Ingest(new IngestOptions { Paths = [path], Mode = IngestMode.Original, MaxRecordBytes = maxRecordBytes });
        Same.Text(whole.Rows, pieces.Rows, "in chunks of 7 bytes");
        Same.Text(whole.Rejects, pieces.Rejects, "in chunks of 7 bytes");
        Same.Text(reference.Rows, whole.Rows, "by the reference");
        Same.Text(reference.Rejects, whole.Rejects, "by the reference");
        return whole;
    }
}
