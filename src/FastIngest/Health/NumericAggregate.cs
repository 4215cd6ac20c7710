using System.Runtime.CompilerServices;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// The exact sums of a day's numbers, by their place in an event: null where no event has a number.
/// </summary>
internal struct NumericAggregate
{
    /// <summary>The most numbers that an event has.</summary>
    public const int MaxNumbers = 8;

    private Longs _sums;
    private Int128s _before;
    private uint _present;
    private uint _large;

    /// <summary>Adds an event's numbers: a bit of <paramref name="present"/> for each that is there; the others are 0.</summary>
    public void Add(ReadOnlySpan<long> micros, uint present)
    {
        _present |= present;
        for (int i = 0; i < micros.Length; i++)
        {
            long value = micros[i];
            long sum = unchecked(_sums[i] + value);
            if (((sum ^ _sums[i]) & (sum ^ value)) < 0)
            {
                // Beyond 64 bits: what was added up so far is put aside.
                _before[i] += _sums[i];
                _large |= 1u << i;
                sum = value;
            }

            _sums[i] = sum;
        }
    }

    /// <summary>The double nearest to a sum; NaN stands for null.</summary>
    public readonly double this[int number] =>
        (_present >> number & 1) == 0 ? double.NaN
        : (_large >> number & 1) == 0 ? ExactDouble.FromMicros(_sums[number])
        : ExactDouble.FromMicros(_before[number] + _sums[number]);

    [InlineArray(MaxNumbers)]
    private struct Longs
    {
        private long _first;
    }

    [InlineArray(MaxNumbers)]
    private struct Int128s
    {
        private Int128 _first;
    }
}
