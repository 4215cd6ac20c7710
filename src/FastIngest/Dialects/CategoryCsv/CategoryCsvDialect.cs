using System.Runtime.CompilerServices;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>One CSV file per category, with a header line that names the fields. docs/reading.md defines the rules.</summary>
public sealed class CategoryCsvDialect : Dialect
{
    public override string Name => "csv";

    public override IReadOnlyList<string> Endings { get; } = [".csv", ".tsv"];

    public override bool Recognises(ReadOnlySpan<byte> head) =>
        !head.IsEmpty && head[CsvHeader.StartOf(head)..] is [not ((byte)'{' or (byte)'['), ..] text && CsvHeader.Read(text, out _) is not null;

    /// <summary>Other programs name their tables in the same way: <c>activities.csv</c> (Strava), <c>heart_rate_2024-05-01.csv</c> (Fitbit).</summary>
    public override string? Foreign(ReadOnlySpan<byte> head, Category category)
    {
        ReadOnlySpan<byte> text = head[CsvHeader.StartOf(head)..];
        if (text.IsEmpty || CsvHeader.HasLoneReturn(text) || (!text.Contains((byte)'\n') && head.Length >= HeadBytes))
        {
            return null;
        }

        return CsvHeader.Read(text, out _) is not { } header ? "its first line names neither user_id nor a day, so that it is a table of another program"
            : header.HasFieldsOf(category) ? null
            : $"it has no column of {category.Name()}, so that it is a table of another program";
    }

    public override FilePlan Plan(SourceFile file, Category category, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        int start = CsvHeader.StartOf(window.Bytes);
        if (CsvHeader.HasLoneReturn(window.Bytes[start..]))
        {
            throw new IngestException(
                $"The lines of {file.Path} end with CR (carriage return), as in the format CSV (Macintosh), so that the whole file is one line.",
                $"Convert them: tr '\\r' '\\n' < {file.Path} > converted.csv; or export the table once more as CSV (UTF-8).");
        }

        CsvHeader header = CsvHeader.Read(window.Bytes[start..], out int length) ?? throw new IngestException(
            $"{file.Path} does not begin with a header line that names user_id or a day.",
            "A CSV file begins with the names of its columns, such as user_id,date_time,value, separated by commas, semicolons or tabs.");
        if (!window.ReachesEnd && start + length == window.Length)
        {
            throw new IngestException($"The header line of {file.Path} is longer than {HeadBytes} bytes.", "Check that the file is a CSV file with one line of column names.");
        }

        return new CsvFilePlan
        {
            Dialect = this,
            File = file,
            Category = category,
            Head = new FramePosition(start + length, FrameState.Top),
            ChunkBytes = chunkBytes,
            Header = header,
        };
    }

    public override ChunkReader CreateReader(Category category, int maxRecordBytes) => new CsvChunkReader(category, maxRecordBytes);

    public override IEnumerable<ReferenceRecord> ReadAll(FilePlan plan, byte[] file, int maxRecordBytes, StrongBox<FramePosition> last) => new ReferenceCsvReader(file, maxRecordBytes).Records();
}
