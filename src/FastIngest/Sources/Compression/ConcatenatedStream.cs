namespace FastIngest.Sources.Compression;

/// <summary>A stream, then some bytes. The stream stays open.</summary>
internal sealed class ConcatenatedStream(Stream first, byte[] second) : ReadOnlyStream
{
    private bool _isFirstDone;
    private int _secondAt;

    public override int Read(Span<byte> buffer)
    {
        int count = _isFirstDone || buffer.IsEmpty ? 0 : first.Read(buffer);
        if (count == 0 && !buffer.IsEmpty)
        {
            _isFirstDone = true;
            count = Math.Min(buffer.Length, second.Length - _secondAt);
            second.AsSpan(_secondAt, count).CopyTo(buffer);
            _secondAt += count;
        }

        return count;
    }
}
