using System.Buffers.Binary;

namespace FastIngest.Shuffle;

/// <summary>The first 16 bytes of a text as two big-endian numbers, padded with zero bytes.</summary>
internal readonly record struct KeyPrefix(ulong High, ulong Low)
{
    public const int Bytes = 16;

    public static KeyPrefix Of(ReadOnlySpan<byte> text)
    {
        if (text.Length >= Bytes)
        {
            return new KeyPrefix(BinaryPrimitives.ReadUInt64BigEndian(text), BinaryPrimitives.ReadUInt64BigEndian(text[8..]));
        }

        if (text.Length > 8)
        {
            ulong last = BinaryPrimitives.ReadUInt64BigEndian(text[^8..]);
            return new KeyPrefix(BinaryPrimitives.ReadUInt64BigEndian(text), last << (8 * (Bytes - text.Length)));
        }

        ulong high = 0;
        foreach (byte b in text)
        {
            high = (high << 8) | b;
        }

        return new KeyPrefix(text.IsEmpty ? 0 : high << (8 * (8 - text.Length)), 0);
    }
}
