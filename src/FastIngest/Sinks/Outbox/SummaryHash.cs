using System.Buffers.Binary;
using System.Numerics;

namespace FastIngest.Sinks.Outbox;

/// <summary>
/// The MD5 (RFC 1321) of a summary's text, by which a changed summary is told from one that was delivered. MD5, because
/// PostgreSQL can find the changed ones by it without sending them; our own, because .NET's needs OpenSSL, which a binary
/// that talks plain HTTP does without.
/// </summary>
internal static class SummaryHash
{
    private const int BlockBytes = 64;

    /// <summary>Floor of 2^32 · |sin(i + 1)|.</summary>
    private static readonly uint[] Sines = [.. Enumerable.Range(1, BlockBytes).Select(i => (uint)(4294967296.0 * Math.Abs(Math.Sin(i))))];

    private static ReadOnlySpan<byte> Shifts => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    /// <summary>The hash; its bytes in order, big-endian, are the digest's.</summary>
    public static Guid Of(ReadOnlySpan<byte> text)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476];
        int whole = text.Length / BlockBytes * BlockBytes;
        for (int at = 0; at < whole; at += BlockBytes)
        {
            AddBlock(state, text.Slice(at, BlockBytes));
        }

        Span<byte> tail = stackalloc byte[2 * BlockBytes];
        tail.Clear();
        text[whole..].CopyTo(tail);
        tail[text.Length - whole] = 0x80;
        int tailBytes = text.Length - whole < BlockBytes - 8 ? BlockBytes : 2 * BlockBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[(tailBytes - 8)..], (ulong)text.Length * 8);
        for (int at = 0; at < tailBytes; at += BlockBytes)
        {
            AddBlock(state, tail.Slice(at, BlockBytes));
        }

        Span<byte> digest = stackalloc byte[16];
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(digest[(4 * i)..], state[i]);
        }

        return new Guid(digest, bigEndian: true);
    }

    private static void AddBlock(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[16];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        }

        uint a = state[0], b = state[1], c = state[2], d = state[3];
        for (int i = 0; i < BlockBytes; i++)
        {
            (uint mixed, int word) = (i / 16) switch
            {
                0 => ((b & c) | (~b & d), i),
                1 => ((d & b) | (~d & c), (5 * i) + 1),
                2 => (b ^ c ^ d, (3 * i) + 5),
                _ => (c ^ (b | ~d), 7 * i),
            };
            uint sum = a + mixed + Sines[i] + words[word & 15];
            (a, d, c) = (d, c, b);
            b += BitOperations.RotateLeft(sum, Shifts[(i / 16 * 4) + (i & 3)]);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
