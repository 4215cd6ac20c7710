using System.Buffers;

namespace FastIngest.Lexicon.Texts;

/// <summary>Bytes that grow at the end; reused from entry to entry, but for what a very long one left.</summary>
public sealed class TextBuffer : IBufferWriter<byte>
{
    private const int FirstBytes = 1024;

    /// <summary>A longer array is given back: few entries need one, and every column of every worker would keep its own.</summary>
    private const int KeptBytes = 1024 * 1024;

    private byte[] _bytes = new byte[FirstBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, Length);

    /// <summary>The length that is expected: the first growth is to that at least, instead of to it step by step.</summary>
    public int ExpectedLength { get; set; }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = new byte[FirstBytes];
        }
    }

    public void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(GetSpan(text.Length));
        Length += text.Length;
    }

    public void Append(byte value)
    {
        GetSpan(1)[0] = value;
        Length++;
    }

    /// <summary>Cuts off what stands behind a length.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Advance(int count) => Length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        int needed = Length + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(Math.Max(needed, ExpectedLength), 2L * _bytes.Length)));
        }

        return _bytes.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _bytes.AsMemory(Length);
    }
}
