using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastIngest.Json;

/// <summary>The bounds of each number of a record. Four numbers are compared at once.</summary>
public sealed class NumberBounds
{
    private const int Lanes = 4;

    private readonly long[] _min;
    private readonly long[] _max;

    // The bounds of the first and of the last numbers of a record that has enough of them; the vectors may overlap.
    private readonly Vector256<long> _firstMin;
    private readonly Vector256<long> _firstMax;
    private readonly Vector256<long> _lastMin;
    private readonly Vector256<long> _lastMax;

    /// <param name="min">The smallest value of each number within bounds, in micros.</param>
    /// <param name="max">The largest value of each number within bounds, in micros.</param>
    public NumberBounds(long[] min, long[] max)
    {
        _min = min;
        _max = max;
        if (min.Length >= Lanes)
        {
            (_firstMin, _firstMax) = (Vector256.Create(min), Vector256.Create(max));
            (_lastMin, _lastMax) = (Vector256.Create(min, min.Length - Lanes), Vector256.Create(max, min.Length - Lanes));
        }
    }

    /// <summary>Returns one bit per number that is out of its bounds.</summary>
    /// <param name="numbers">The numbers in micros: none, or as many as there are bounds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FindOutside(ReadOnlySpan<long> numbers)
    {
        int last = numbers.Length - Lanes;
        if (last is < 0 or > Lanes)
        {
            return FindOneByOne(numbers);
        }

        uint found = FindOutside(_firstMin, _firstMax, Vector256.Create(numbers));
        return last == 0 ? found : found | (FindOutside(_lastMin, _lastMax, Vector256.Create(numbers[last..])) << last);
    }

    /// <summary>Whether all samples are within the bounds of the first number if these are the smallest and the largest of them, in micros.</summary>
    public bool Contain(long smallest, long largest) => smallest >= _min[0] && largest <= _max[0];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FindOutside(Vector256<long> min, Vector256<long> max, Vector256<long> values) =>
        (Vector256.LessThan(values, min) | Vector256.GreaterThan(values, max)).ExtractMostSignificantBits();

    private uint FindOneByOne(ReadOnlySpan<long> numbers)
    {
        uint found = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            found |= (numbers[i] < _min[i] || numbers[i] > _max[i] ? 1u : 0) << i;
        }

        return found;
    }
}
