using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>The rejects file of a dictionary: what is no JSON object, and what makes no entry.</summary>
internal sealed class EntryRejects(string path, string source) : IDisposable
{
    private RejectStream? _stream;

    public void Write(EntryBatch batch, in EntryRow row)
    {
        _stream ??= new RejectStream(RejectStream.BasePath(path) + ".partial", path);
        ReadOnlySpan<byte> raw = batch.Raw(row);
        _stream.Write(
            batch.File, "source", source, row.Reason!, row.Offset, row.FileLength, row.LineNumber, raw[..Math.Min(raw.Length, CleanStage.KeptRejectBytes)]);
    }

    /// <summary>Makes the file, if anything was written. A file of that name is replaced.</summary>
    public void Complete() => RejectStream.Publish(_stream is null ? [] : [_stream], path);

    public void Dispose() => _stream?.Dispose();
}
