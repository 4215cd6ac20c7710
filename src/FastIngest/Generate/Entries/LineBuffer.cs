using System.Buffers.Text;

namespace FastIngest.Generate.Entries;

/// <summary>An append-only byte buffer that is reused for every block.</summary>
internal sealed class LineBuffer
{
    private byte[] _bytes = new byte[1 << 20];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public Span<byte> From(int start) => _bytes.AsSpan(start..Length);

    public void Clear() => Length = 0;

    public void CutTo(int length) => Length = length;

    public void Put(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Put(int number)
    {
        Span<byte> digits = stackalloc byte[11];
        Utf8Formatter.TryFormat(number, digits, out int length);
        Put(digits[..length]);
    }
}
