using FastIngest.Lexicon;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>Reads the records of several files, or of lines of files, in order.</summary>
internal sealed class FileFeed(IReadOnlyList<FileRange> ranges, LexiconOptions options) : IRecordFeed
{
    private readonly long[] _lines = new long[ranges.Count];
    private readonly long[] _records = new long[ranges.Count];

    private IRecordFeed? _current;
    private int _next;

    /// <summary>The number of lines of each range that was read as lines, known at its end; 0 for an array.</summary>
    public IReadOnlyList<long> Lines => _lines;

    /// <summary>The number of records of each range.</summary>
    public IReadOnlyList<long> Records => _records;

    /// <summary>Whether the lines of a file can be read by several tasks: not of a compressed file, nor of an array.</summary>
    public static bool HasLineBorders(SourceFile file, LexiconOptions options) =>
        !file.IsPacked && (options.Format == DictionaryFormat.Jsonl || ArrayOf(file) is null);

    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_current is not null && _current.Fill(batch, large, cancellationToken))
            {
                _records[_next - 1] += batch.RowCount;
                return true;
            }

            if (_current is LineFeed lines)
            {
                _lines[_next - 1] = lines.Lines;
            }

            _current?.Dispose();
            _current = null;
            if (_next == ranges.Count)
            {
                return false;
            }

            _current = Open(ranges[_next]);
            _next++;
        }
    }

    public void Dispose() => _current?.Dispose();

    private IRecordFeed Open(FileRange range) => options.Format == DictionaryFormat.Json && range.IsWhole && ArrayOf(range.File) is { } start
        ? new ElementFeed(range.File, range.FileIndex, start, options.CleanBatch, options.MaxRecordBytes)
        : new LineFeed(range, options.CleanBatch, options.MaxRecordBytes);

    /// <summary>Where the array of a file begins; null for a file with a record on each line.</summary>
    private static FramePosition? ArrayOf(SourceFile file)
    {
        byte[] head = new byte[DictionaryHead.Bytes];
        int length = new SequentialReader(file).Read(head);
        return DictionaryHead.Find(head.AsSpan(0, length));
    }
}
