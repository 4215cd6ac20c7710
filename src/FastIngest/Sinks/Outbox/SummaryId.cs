using System.Buffers.Binary;
using System.Numerics;
using FastIngest.Health;

namespace FastIngest.Sinks.Outbox;

/// <summary>
/// The identity of a summary for an API: UUID version 5 (RFC 9562) in the URL namespace of the name
/// <c>fastingest:summary:{user_id}:{date}</c>. SHA-1 is our own for the reason that <see cref="SummaryHash"/> gives.
/// </summary>
internal static class SummaryId
{
    private const int BlockBytes = 64;

    private static readonly Guid UrlNamespace = new("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    /// <param name="userId">UTF-8.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    public static Guid Of(ReadOnlySpan<byte> userId, int day)
    {
        ReadOnlySpan<byte> prefix = "fastingest:summary:"u8;
        int length = prefix.Length + userId.Length + 1 + DayText.Bytes;
        Span<byte> name = length <= 1024 ? stackalloc byte[length] : new byte[length];
        prefix.CopyTo(name);
        userId.CopyTo(name[prefix.Length..]);
        name[^(DayText.Bytes + 1)] = (byte)':';
        DayText.Write(name[^DayText.Bytes..], day);
        return Of(name);
    }

    /// <summary>The UUID of any name in the URL namespace.</summary>
    internal static Guid Of(ReadOnlySpan<byte> name)
    {
        // The namespace and the name, then a bit 1, zeros, and the length in bits, in whole blocks.
        const int NamespaceBytes = 16;
        int length = NamespaceBytes + name.Length;
        int padded = (length + 9 + BlockBytes - 1) / BlockBytes * BlockBytes;
        Span<byte> message = padded <= 1024 ? stackalloc byte[padded] : new byte[padded];
        message.Clear();
        UrlNamespace.TryWriteBytes(message, bigEndian: true, out _);
        name.CopyTo(message[NamespaceBytes..]);
        message[length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(message[^8..], (ulong)length * 8);

        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        for (int at = 0; at < padded; at += BlockBytes)
        {
            AddBlock(state, message.Slice(at, BlockBytes));
        }

        Span<byte> id = stackalloc byte[NamespaceBytes];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(id[(4 * i)..], state[i]);
        }

        id[6] = (byte)((id[6] & 0x0F) | 0x50);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    private static void AddBlock(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[80];
        for (int i = 0; i < 16; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        }

        for (int i = 16; i < words.Length; i++)
        {
            words[i] = BitOperations.RotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
        }

        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        for (int i = 0; i < words.Length; i++)
        {
            (uint mixed, uint constant) = (i / 20) switch
            {
                0 => ((b & c) | (~b & d), 0x5A827999u),
                1 => (b ^ c ^ d, 0x6ED9EBA1u),
                2 => ((b & c) | (b & d) | (c & d), 0x8F1BBCDCu),
                _ => (b ^ c ^ d, 0xCA62C1D6u),
            };
            uint sum = BitOperations.RotateLeft(a, 5) + mixed + e + constant + words[i];
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, sum);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
