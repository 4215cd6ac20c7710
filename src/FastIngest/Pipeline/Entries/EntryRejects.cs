using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>The rejects file of a dictionary: records that are not JSON objects, and records without a valid entry.</summary>
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

    /// <summary>Creates or replaces the rejects file, or removes that of an earlier run if nothing was rejected.</summary>
    /// <returns>A warning for the user; null for none.</returns>
    public string? Complete() => RejectStream.Publish(_stream is null ? [] : [_stream], path);

    public void Dispose() => _stream?.Dispose();
}
