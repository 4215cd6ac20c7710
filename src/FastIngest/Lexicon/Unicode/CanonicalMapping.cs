namespace FastIngest.Lexicon.Unicode;

/// <summary>
/// Canonical classes, decompositions and compositions, from <see cref="NormalizationData"/> and the Hangul arithmetic
/// (Unicode 3.12).
/// </summary>
internal static class CanonicalMapping
{
    /// <summary>The class of a starter that may compose with the code point before it, or that never occurs in normalized text.</summary>
    public const byte NonInertStarter = 255;

    private const int BlockShift = 6;
    private const int BlockMask = (1 << BlockShift) - 1;

    private const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7;
    private const int LCount = 19, VCount = 21, TCount = 28, NCount = VCount * TCount, SCount = LCount * NCount;

    /// <summary>The pairs (first and second packed into one number) in ascending order, and the composite of each pair.</summary>
    private static readonly (long[] Pairs, int[] Composites) Compositions = MakeCompositions();

    /// <summary>The combining class; 0 for a starter that does not change after any text; <see cref="NonInertStarter"/> for other starters.</summary>
    public static byte ClassOf(int codePoint) => ClassOf(codePoint >> BlockShift, codePoint & BlockMask);

    /// <param name="block">The code point without its lowest six bits, which are in the last byte of a UTF-8 sequence.</param>
    /// <param name="last">The lowest six bits of the code point.</param>
    public static byte ClassOf(int block, int last)
    {
        ReadOnlySpan<byte> index = NormalizationData.ClassIndex;
        int number = block < index.Length ? index[block] : 0;
        return number == 0 ? (byte)0 : NormalizationData.Classes[(number << BlockShift) + last];
    }

    /// <summary>
    /// Decomposes a code point in one step; false if it has no decomposition. <paramref name="second"/> is 0 if the result
    /// is a single code point.
    /// </summary>
    public static bool TryDecompose(int codePoint, out int first, out int second)
    {
        int syllable = codePoint - SBase;
        if ((uint)syllable < SCount)
        {
            int trailing = syllable % TCount;
            first = trailing == 0 ? LBase + (syllable / NCount) : codePoint - trailing;
            second = trailing == 0 ? VBase + (syllable % NCount / TCount) : TBase + trailing;
            return true;
        }

        ReadOnlySpan<int> data = NormalizationData.Decompositions;
        int low = 0;
        int high = data.Length / 3;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (data[3 * middle] < codePoint)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        bool found = 3 * low < data.Length && data[3 * low] == codePoint;
        first = found ? data[(3 * low) + 1] : 0;
        second = found ? data[(3 * low) + 2] : 0;
        return found;
    }

    /// <summary>Returns the composite of a starter and another code point, or -1.</summary>
    public static int Compose(int first, int second)
    {
        if ((uint)(first - LBase) < LCount && (uint)(second - VBase) < VCount)
        {
            return SBase + ((((first - LBase) * VCount) + second - VBase) * TCount);
        }

        if ((uint)(first - SBase) < SCount && (first - SBase) % TCount == 0 && (uint)(second - TBase - 1) < TCount - 1)
        {
            return first + second - TBase;
        }

        int found = Array.BinarySearch(Compositions.Pairs, Pair(first, second));
        return found < 0 ? -1 : Compositions.Composites[found];
    }

    private static long Pair(int first, int second) => ((long)first << 32) | (uint)second;

    private static (long[] Pairs, int[] Composites) MakeCompositions()
    {
        ReadOnlySpan<int> data = NormalizationData.Decompositions;
        List<long> pairs = [];
        List<int> composites = [];
        for (int i = 0; i < data.Length; i += 3)
        {
            bool isMark = ClassOf(data[i]) is not (0 or NonInertStarter) || ClassOf(data[i + 1]) is not (0 or NonInertStarter);
            if (data[i + 2] != 0 && !isMark && NormalizationData.Excluded.BinarySearch(data[i]) < 0)
            {
                pairs.Add(Pair(data[i + 1], data[i + 2]));
                composites.Add(data[i]);
            }
        }

        long[] keys = [.. pairs];
        int[] values = [.. composites];
        Array.Sort(keys, values);
        return (keys, values);
    }
}
