using FastIngest.Lexicon;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>Reads the records of several files in order.</summary>
internal sealed class FileFeed(IReadOnlyList<SourceFile> files, LexiconOptions options) : IRecordFeed
{
    private IRecordFeed? _current;
    private int _next;

    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_current is not null && _current.Fill(batch, large, cancellationToken))
            {
                return true;
            }

            _current?.Dispose();
            _current = null;
            if (_next == files.Count)
            {
                return false;
            }

            _current = Open(files[_next], _next);
            _next++;
        }
    }

    public void Dispose() => _current?.Dispose();

    private IRecordFeed Open(SourceFile file, int index)
    {
        if (options.Format == DictionaryFormat.Json)
        {
            byte[] head = new byte[DictionaryHead.Bytes];
            int length = new SequentialReader(file).Read(head);
            if (DictionaryHead.Find(head.AsSpan(0, length)) is { } start)
            {
                return new ElementFeed(file, index, start, options.CleanBatch, options.MaxRecordBytes);
            }
        }

        return new LineFeed(file, index, options.CleanBatch, options.MaxRecordBytes);
    }
}
