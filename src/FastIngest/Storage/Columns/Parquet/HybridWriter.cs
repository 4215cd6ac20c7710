using FastIngest.Proto;

namespace FastIngest.Storage.Columns.Parquet;

/// <summary>
/// Writes small numbers in Parquet's hybrid of runs and packed bits: a number that is repeated at least 8 times is written once with its
/// count, others are packed in groups of 8, each in as few bits as the largest needs.
/// </summary>
internal static class HybridWriter
{
    private const int GroupSize = 8;

    /// <summary>Writes all numbers.</summary>
    /// <param name="writer">Receives the bytes.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="bits">The bits of a number, from 0 to 31.</param>
    public static void Write(WireWriter writer, ReadOnlySpan<int> numbers, int bits)
    {
        int packedFrom = 0, at = 0;
        while (at < numbers.Length)
        {
            int run = RunAt(numbers[at..]);

            // Packed groups are whole, so that a run begins only where the numbers before it fill their groups.
            int missing = (GroupSize - ((at - packedFrom) % GroupSize)) % GroupSize;
            if (run - missing < GroupSize)
            {
                at += Math.Max(1, run);
                continue;
            }

            Pack(writer, numbers[packedFrom..(at + missing)], bits);
            writer.Varint((ulong)(run - missing) << 1);
            WriteNumber(writer, numbers[at], (bits + 7) / 8);
            at += run;
            packedFrom = at;
        }

        Pack(writer, numbers[packedFrom..], bits);
    }

    /// <summary>Writes bits that are packed already, the least significant first.</summary>
    public static void WriteBits(WireWriter writer, ReadOnlySpan<byte> bits)
    {
        writer.Varint((ulong)bits.Length << 1 | 1);
        writer.Raw(bits);
    }

    private static int RunAt(ReadOnlySpan<int> numbers)
    {
        int end = numbers.IndexOfAnyExcept(numbers[0]);
        return end < 0 ? numbers.Length : end;
    }

    private static void Pack(WireWriter writer, ReadOnlySpan<int> numbers, int bits)
    {
        if (numbers.IsEmpty)
        {
            return;
        }

        int groups = (numbers.Length + GroupSize - 1) / GroupSize;
        writer.Varint((ulong)groups << 1 | 1);
        ulong buffer = 0;
        int held = 0;
        for (int i = 0; i < groups * GroupSize; i++)
        {
            buffer |= (ulong)(i < numbers.Length ? numbers[i] : 0) << held;
            held += bits;
            for (; held >= 8; held -= 8, buffer >>= 8)
            {
                writer.Raw([(byte)buffer]);
            }
        }
    }

    private static void WriteNumber(WireWriter writer, int number, int bytes)
    {
        for (int i = 0; i < bytes; i++, number >>= 8)
        {
            writer.Raw([(byte)number]);
        }
    }
}
