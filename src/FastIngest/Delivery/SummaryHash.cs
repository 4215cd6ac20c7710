using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Delivery;

/// <summary>
/// The MD5 (RFC 1321) of a summary's text, which identifies changed summaries. It is MD5 because PostgreSQL can compute it,
/// so that unchanged summaries need not be sent to the client. It is our own implementation because .NET's needs OpenSSL,
/// which plain HTTP does not need. Each step of MD5 depends on the previous one; therefore several texts are hashed at the
/// same time, one per vector lane, in about the time of one text.
/// </summary>
internal static class SummaryHash
{
    private const int BlockBytes = 64;
    private const int BlockWords = BlockBytes / sizeof(uint);

    /// <summary>The space for the last bytes of a text and the padding of RFC 1321.</summary>
    private const int TailBytes = 2 * BlockBytes;

    private const int LengthBytes = 8;

    /// <summary>Floor of 2^32 · |sin(i + 1)|.</summary>
    private static readonly uint[] Sines = [.. Enumerable.Range(1, BlockBytes).Select(i => (uint)(4294967296.0 * Math.Abs(Math.Sin(i))))];

    /// <summary>Sets the <see cref="PendingSummary.Hash"/> of each summary. It is fastest when neighbours have similar lengths.</summary>
    public static void Fill(ReadOnlySpan<PendingSummary> summaries)
    {
        while (!summaries.IsEmpty)
        {
            int count = Math.Min(summaries.Length, Vector<uint>.Count);
            FillSideBySide(summaries[..count]);
            summaries = summaries[count..];
        }
    }

    private static void FillSideBySide(ReadOnlySpan<PendingSummary> summaries)
    {
        int lanes = Vector<uint>.Count;
        Span<byte> tails = stackalloc byte[lanes * TailBytes];
        Span<int> blocks = stackalloc int[lanes];
        tails.Clear();
        blocks.Clear();
        int blocksMax = 0;
        for (int lane = 0; lane < summaries.Length; lane++)
        {
            blocks[lane] = WriteTail(summaries[lane].Text, tails.Slice(lane * TailBytes, TailBytes));
            blocksMax = Math.Max(blocksMax, blocks[lane]);
        }

        State state = new(new Vector<uint>(0x67452301), new Vector<uint>(0xEFCDAB89), new Vector<uint>(0x98BADCFE), new Vector<uint>(0x10325476));
        Span<uint> words = stackalloc uint[BlockWords * lanes];
        Span<uint> isUnderWay = stackalloc uint[lanes];
        words.Clear();
        for (int block = 0; block < blocksMax; block++)
        {
            for (int lane = 0; lane < summaries.Length; lane++)
            {
                isUnderWay[lane] = block < blocks[lane] ? uint.MaxValue : 0;
                if (block < blocks[lane])
                {
                    ReadOnlySpan<byte> text = summaries[lane].Text;
                    int whole = text.Length / BlockBytes;
                    ReadOnlySpan<byte> bytes = block < whole ? text[(block * BlockBytes)..] : tails[((lane * TailBytes) + ((block - whole) * BlockBytes))..];

                    // MD5 is little-endian, and so is every supported machine.
                    ReadOnlySpan<uint> own = MemoryMarshal.Cast<byte, uint>(bytes[..BlockBytes]);
                    for (int i = 0; i < own.Length; i++)
                    {
                        words[(i * lanes) + lane] = own[i];
                    }
                }
            }

            state = state.Add(words, new Vector<uint>(isUnderWay));
        }

        Span<byte> digest = stackalloc byte[16];
        for (int lane = 0; lane < summaries.Length; lane++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(digest, state.A[lane]);
            BinaryPrimitives.WriteUInt32LittleEndian(digest[4..], state.B[lane]);
            BinaryPrimitives.WriteUInt32LittleEndian(digest[8..], state.C[lane]);
            BinaryPrimitives.WriteUInt32LittleEndian(digest[12..], state.D[lane]);
            summaries[lane].Hash = new Guid(digest, bigEndian: true);
        }
    }

    /// <summary>Writes the bytes after the last whole block, one bit that is set, zeros, and the length of the text in bits.</summary>
    /// <returns>The number of blocks of the text, padding included.</returns>
    private static int WriteTail(ReadOnlySpan<byte> text, Span<byte> tail)
    {
        int whole = text.Length / BlockBytes;
        ReadOnlySpan<byte> rest = text[(whole * BlockBytes)..];
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        int tailBlocks = rest.Length < BlockBytes - LengthBytes ? 1 : 2;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[((tailBlocks * BlockBytes) - LengthBytes)..], (ulong)text.Length * 8);
        return whole + tailBlocks;
    }

    /// <summary>The four registers of MD5, with one text per lane.</summary>
    private readonly record struct State(Vector<uint> A, Vector<uint> B, Vector<uint> C, Vector<uint> D)
    {
        /// <summary>Adds one block of every text.</summary>
        /// <param name="words">The first word of each lane, then the second word of each lane, and so on.</param>
        /// <param name="isUnderWay">All bits are set in the lanes whose text has this block.</param>
        public State Add(ReadOnlySpan<uint> words, Vector<uint> isUnderWay)
        {
            // The loops are unrolled by four steps, so that each step has fixed registers and a fixed shift.
            (Vector<uint> a, Vector<uint> b, Vector<uint> c, Vector<uint> d) = (A, B, C, D);
            for (int i = 0; i < 16; i += 4)
            {
                a = Step(a, b, d ^ (b & (c ^ d)), Word(words, i, i), 7);
                d = Step(d, a, c ^ (a & (b ^ c)), Word(words, i + 1, i + 1), 12);
                c = Step(c, d, b ^ (d & (a ^ b)), Word(words, i + 2, i + 2), 17);
                b = Step(b, c, a ^ (c & (d ^ a)), Word(words, i + 3, i + 3), 22);
            }

            for (int i = 16; i < 32; i += 4)
            {
                a = Step(a, b, c ^ (d & (b ^ c)), Word(words, i, (5 * i) + 1), 5);
                d = Step(d, a, b ^ (c & (a ^ b)), Word(words, i + 1, (5 * i) + 6), 9);
                c = Step(c, d, a ^ (b & (d ^ a)), Word(words, i + 2, (5 * i) + 11), 14);
                b = Step(b, c, d ^ (a & (c ^ d)), Word(words, i + 3, (5 * i) + 16), 20);
            }

            for (int i = 32; i < 48; i += 4)
            {
                a = Step(a, b, b ^ c ^ d, Word(words, i, (3 * i) + 5), 4);
                d = Step(d, a, a ^ b ^ c, Word(words, i + 1, (3 * i) + 8), 11);
                c = Step(c, d, d ^ a ^ b, Word(words, i + 2, (3 * i) + 11), 16);
                b = Step(b, c, c ^ d ^ a, Word(words, i + 3, (3 * i) + 14), 23);
            }

            for (int i = 48; i < 64; i += 4)
            {
                a = Step(a, b, c ^ (b | ~d), Word(words, i, 7 * i), 6);
                d = Step(d, a, b ^ (a | ~c), Word(words, i + 1, (7 * i) + 7), 10);
                c = Step(c, d, a ^ (d | ~b), Word(words, i + 2, (7 * i) + 14), 15);
                b = Step(b, c, d ^ (c | ~a), Word(words, i + 3, (7 * i) + 21), 21);
            }

            return new State(A + (a & isUnderWay), B + (b & isUnderWay), C + (c & isUnderWay), D + (d & isUnderWay));
        }

        /// <summary>The sum of a word of the block and the constant of its step.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector<uint> Word(ReadOnlySpan<uint> words, int step, int word) =>
            new Vector<uint>(words[((word & (BlockWords - 1)) * Vector<uint>.Count)..]) + new Vector<uint>(Sines[step]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector<uint> Step(Vector<uint> value, Vector<uint> next, Vector<uint> mixed, Vector<uint> word, int shift)
        {
            Vector<uint> sum = value + mixed + word;
            return next + ((sum << shift) | (sum >>> (32 - shift)));
        }
    }
}
