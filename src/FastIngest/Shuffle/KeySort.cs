namespace FastIngest.Shuffle;

/// <summary>Least-significant-digit radix sort of numbers by some of their bits: fast for many keys with few bits.</summary>
internal static class KeySort
{
    private const int MaxDigitBits = 11;

    /// <summary>With more digits or fewer keys than this, a comparison sort is as fast.</summary>
    private const int MaxDigits = 3, MinKeys = 512;

    /// <summary>Sorts keys. The bits below <paramref name="lowBit"/> must already be in ascending order, like an index.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="other">Scratch space for at least as many keys; its content is overwritten.</param>
    /// <param name="lowBit">The lowest bit to sort by.</param>
    /// <param name="bits">The number of bits to sort by.</param>
    public static void Sort(Span<ulong> keys, Span<ulong> other, int lowBit, int bits)
    {
        int digits = (bits + MaxDigitBits - 1) / MaxDigitBits;
        if (digits > MaxDigits || keys.Length < MinKeys)
        {
            keys.Sort();
            return;
        }

        Span<int> places = stackalloc int[1 << MaxDigitBits];
        Span<ulong> from = keys;
        Span<ulong> to = other[..keys.Length];
        for (int digit = 0; digit < digits; digit++)
        {
            int shift = lowBit + (digit * bits / digits);
            int digitBits = lowBit + ((digit + 1) * bits / digits) - shift;
            SortByDigit(from, to, shift, places[..(1 << digitBits)]);
            Span<ulong> sorted = to;
            to = from;
            from = sorted;
        }

        if ((digits & 1) != 0)
        {
            from.CopyTo(to);
        }
    }

    private static void SortByDigit(ReadOnlySpan<ulong> from, Span<ulong> to, int shift, Span<int> places)
    {
        ulong mask = (ulong)places.Length - 1;
        places.Clear();
        foreach (ulong key in from)
        {
            places[(int)((key >> shift) & mask)]++;
        }

        int next = 0;
        foreach (ref int place in places)
        {
            (place, next) = (next, next + place);
        }

        foreach (ulong key in from)
        {
            to[places[(int)((key >> shift) & mask)]++] = key;
        }
    }
}
