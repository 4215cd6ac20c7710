namespace FastIngest.Sources;

/// <summary>
/// Keeps the contents of small files from their recognition until they are read, so that they are opened only once. They lie
/// one after another in blocks, because a run may have many of them. Not thread-safe.
/// </summary>
/// <param name="mostBytes">The most memory in bytes that the contents take together.</param>
internal sealed class HeldContents(long mostBytes)
{
    /// <summary>The largest file that is kept. The copy of a larger one costs more than to open it once more.</summary>
    internal const int MaxFileBytes = 16 * 1024;

    /// <summary>Small enough for the heap of small objects: the collector would look through all memory after some blocks of the other one.</summary>
    private const int BlockBytes = 64 * 1024;

    private byte[] _block = [];
    private int _used;

    /// <summary>The memory in bytes that the contents take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Copies a content; returns an empty one if it is too large, or if there is no more room.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxFileBytes)
        {
            return default;
        }

        if (content.Length > _block.Length - _used)
        {
            if (Bytes + BlockBytes > mostBytes)
            {
                return default;
            }

            _block = GC.AllocateUninitializedArray<byte>(BlockBytes);
            _used = 0;
            Bytes += BlockBytes;
        }

        Memory<byte> kept = _block.AsMemory(_used, content.Length);
        content.CopyTo(kept.Span);
        _used += content.Length;
        return kept;
    }
}
