using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Sources;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>Both modes return the same rows and rejects for random CSV files, valid and damaged, for any chunk boundaries.</summary>
public sealed class CsvAgreementTests
{
    private static readonly string[] Cells =
    [
        "u1", "u2", "17", "\"u1\"", "\"a,b\"", "\"a\nb\"", "\"a\"\"b\"", "\"\"", "", " x ", "2024-01-01", "2024-01-02 10:00", "\"2024-01-01\"", "2023-02-29", "1", "1.5e1", "\" 2 \"", "-0.0000015", "9e12", "1e13",
        "\"", "a\"b", "\"a\"b", "\r", "\xFF", "é", "\0", "\"a\r\nb\"", "\"1,250\"", "30 g", "-5", "1704153600", "01/02/24", "2024-01-01 7:00 AM",
    ];

    private static readonly string[] Names = ["user_id", "date", "value", "steps", "name", "age", "activity_type", "duration", "weight", "x_id", "total_sleep", "note"];

    private static readonly string[] LineEnds = ["\n", "\n", "\n", "\r\n", "\n\n", "\r\r\n"];

    [Fact]
    public void Random_files_agree() => Fuzz.Run(2_600_000, 400, random =>
    {
        Category category = random.GetItems([.. Categories.Named], 1)[0];
        char delimiter = ",;\t"[random.Next(3)];
        string[] names = [.. Names.OrderBy(_ => random.Next()).Take(random.Next(4, 9)).Append("user_id").Distinct()];
        StringBuilder text = new(string.Join(delimiter, names) + "\n");
        for (int lines = random.Next(20); lines > 0; lines--)
        {
            int cells = random.Next(8) == 0 ? random.Next(8) : names.Length;
            text.AppendJoin(delimiter, Enumerable.Range(0, cells).Select(i => i < names.Length ? CellOf(names[i], random) : "z")).Append(LineEnds[random.Next(LineEnds.Length)]);
        }

        using TemporaryFolder folder = new(inMemory: true);
        string path = folder.Write($"{category.Name()}.csv", Encoding.Latin1.GetBytes(text.ToString()));
        int maxRecordBytes = random.Next(3) == 0 ? 40 : 16 << 20;
        string? user = random.Next(3) == 0 ? "me" : null;
        RunResult reference = Run.Ingest(new IngestOptions { Paths = [path], Mode = IngestMode.Original, MaxRecordBytes = maxRecordBytes, UserId = user });
        int chunkBytes = random.Next(1, 60);
        RunResult run = Run.Ingest(new IngestOptions
        {
            Paths = [path],
            Workers = random.Next(1, 4),
            ChunkBytes = chunkBytes,
            Io = random.Next(2) == 0 ? IoMode.Pread : IoMode.Mmap,
            MaxRecordBytes = maxRecordBytes,
            UserId = user,
        });
        Same.Text(reference.Rows, run.Rows, $"chunks of {chunkBytes} bytes of {text}");
        Assert.Equal(reference.Report.Fields, run.Report.Fields);
        Assert.Equal(reference.Report.RejectedFiles, run.Report.RejectedFiles);
        Same.Text(reference.Rejects, run.Rejects, $"chunks of {chunkBytes} bytes of {text}");
    });

    /// <summary>Returns mostly valid values of the column, so that the file produces rows.</summary>
    private static string CellOf(string name, Random random) => random.Next(5) == 0 ? Cells[random.Next(Cells.Length)] : name switch
    {
        "user_id" => "u" + random.Next(3),
        "date" => "2024-01-0" + random.Next(1, 4),
        _ => random.Next(100).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
