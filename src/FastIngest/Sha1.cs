using System.Buffers.Binary;
using System.Numerics;

namespace FastIngest;

/// <summary>
/// SHA-1 (RFC 3174) for UUIDs of version 5; it is not used for security. The hashed names are only a few blocks long, so a
/// call into the system's library would cost more than the hash itself. Some machines also lack that library.
/// </summary>
internal static class Sha1
{
    public const int HashBytes = 20;

    private const int BlockBytes = 64;
    private const int LengthBytes = 8;

    public static void Hash(ReadOnlySpan<byte> text, Span<byte> hash)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        long bits = 8L * text.Length;
        for (; text.Length >= BlockBytes; text = text[BlockBytes..])
        {
            AddBlock(state, text);
        }

        // The padding: the remaining bytes, one bit that is set, zeros to the end of a block, and the length in bits as the last 8 bytes.
        Span<byte> last = stackalloc byte[2 * BlockBytes];
        last.Clear();
        text.CopyTo(last);
        last[text.Length] = 0x80;
        last = last[..(text.Length + 1 + LengthBytes <= BlockBytes ? BlockBytes : 2 * BlockBytes)];
        BinaryPrimitives.WriteInt64BigEndian(last[^LengthBytes..], bits);
        for (; !last.IsEmpty; last = last[BlockBytes..])
        {
            AddBlock(state, last);
        }

        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash[(sizeof(uint) * i)..], state[i]);
        }
    }

    /// <summary>Adds one block. The loops are unrolled by five steps, so that the five registers need no moves between steps.</summary>
    private static void AddBlock(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[80];
        for (int i = 0; i < 16; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(sizeof(uint) * i)..]);
        }

        for (int i = 16; i < words.Length; i++)
        {
            words[i] = BitOperations.RotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
        }

        (uint a, uint b, uint c, uint d, uint e) = (state[0], state[1], state[2], state[3], state[4]);
        for (int i = 0; i < 20; i += 5)
        {
            (e, b) = (e + BitOperations.RotateLeft(a, 5) + (d ^ (b & (c ^ d))) + 0x5A827999u + words[i], BitOperations.RotateLeft(b, 30));
            (d, a) = (d + BitOperations.RotateLeft(e, 5) + (c ^ (a & (b ^ c))) + 0x5A827999u + words[i + 1], BitOperations.RotateLeft(a, 30));
            (c, e) = (c + BitOperations.RotateLeft(d, 5) + (b ^ (e & (a ^ b))) + 0x5A827999u + words[i + 2], BitOperations.RotateLeft(e, 30));
            (b, d) = (b + BitOperations.RotateLeft(c, 5) + (a ^ (d & (e ^ a))) + 0x5A827999u + words[i + 3], BitOperations.RotateLeft(d, 30));
            (a, c) = (a + BitOperations.RotateLeft(b, 5) + (e ^ (c & (d ^ e))) + 0x5A827999u + words[i + 4], BitOperations.RotateLeft(c, 30));
        }

        for (int i = 20; i < 40; i += 5)
        {
            (e, b) = (e + BitOperations.RotateLeft(a, 5) + (b ^ c ^ d) + 0x6ED9EBA1u + words[i], BitOperations.RotateLeft(b, 30));
            (d, a) = (d + BitOperations.RotateLeft(e, 5) + (a ^ b ^ c) + 0x6ED9EBA1u + words[i + 1], BitOperations.RotateLeft(a, 30));
            (c, e) = (c + BitOperations.RotateLeft(d, 5) + (e ^ a ^ b) + 0x6ED9EBA1u + words[i + 2], BitOperations.RotateLeft(e, 30));
            (b, d) = (b + BitOperations.RotateLeft(c, 5) + (d ^ e ^ a) + 0x6ED9EBA1u + words[i + 3], BitOperations.RotateLeft(d, 30));
            (a, c) = (a + BitOperations.RotateLeft(b, 5) + (c ^ d ^ e) + 0x6ED9EBA1u + words[i + 4], BitOperations.RotateLeft(c, 30));
        }

        for (int i = 40; i < 60; i += 5)
        {
            (e, b) = (e + BitOperations.RotateLeft(a, 5) + ((b & c) | (d & (b | c))) + 0x8F1BBCDCu + words[i], BitOperations.RotateLeft(b, 30));
            (d, a) = (d + BitOperations.RotateLeft(e, 5) + ((a & b) | (c & (a | b))) + 0x8F1BBCDCu + words[i + 1], BitOperations.RotateLeft(a, 30));
            (c, e) = (c + BitOperations.RotateLeft(d, 5) + ((e & a) | (b & (e | a))) + 0x8F1BBCDCu + words[i + 2], BitOperations.RotateLeft(e, 30));
            (b, d) = (b + BitOperations.RotateLeft(c, 5) + ((d & e) | (a & (d | e))) + 0x8F1BBCDCu + words[i + 3], BitOperations.RotateLeft(d, 30));
            (a, c) = (a + BitOperations.RotateLeft(b, 5) + ((c & d) | (e & (c | d))) + 0x8F1BBCDCu + words[i + 4], BitOperations.RotateLeft(c, 30));
        }

        for (int i = 60; i < 80; i += 5)
        {
            (e, b) = (e + BitOperations.RotateLeft(a, 5) + (b ^ c ^ d) + 0xCA62C1D6u + words[i], BitOperations.RotateLeft(b, 30));
            (d, a) = (d + BitOperations.RotateLeft(e, 5) + (a ^ b ^ c) + 0xCA62C1D6u + words[i + 1], BitOperations.RotateLeft(a, 30));
            (c, e) = (c + BitOperations.RotateLeft(d, 5) + (e ^ a ^ b) + 0xCA62C1D6u + words[i + 2], BitOperations.RotateLeft(e, 30));
            (b, d) = (b + BitOperations.RotateLeft(c, 5) + (d ^ e ^ a) + 0xCA62C1D6u + words[i + 3], BitOperations.RotateLeft(d, 30));
            (a, c) = (a + BitOperations.RotateLeft(b, 5) + (c ^ d ^ e) + 0xCA62C1D6u + words[i + 4], BitOperations.RotateLeft(c, 30));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
