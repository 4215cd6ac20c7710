using System.Buffers;

namespace FastIngest.Lexicon.Texts;

/// <summary>An append-only byte buffer; reused for every entry, except for the memory of very long texts.</summary>
public sealed class TextBuffer : IBufferWriter<byte>
{
    private const int InitialBytes = 1024;

    /// <summary>A larger array is released: few entries need one, and every column of every worker would keep its own.</summary>
    private const int MaxRetainedBytes = 1024 * 1024;

    private byte[] _bytes = new byte[InitialBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, Length);

    /// <summary>The expected length in bytes: the first growth allocates at least this much, instead of growing in steps.</summary>
    public int ExpectedLength { get; set; }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > MaxRetainedBytes)
        {
            _bytes = new byte[InitialBytes];
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

    /// <summary>Removes the bytes after the first <paramref name="length"/>.</summary>
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
