using System.Runtime.CompilerServices;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// Exact sums of a day's numbers, indexed by their position in an event. A sum is null when no event has that number.
/// </summary>
internal struct NumericAggregate
{
    /// <summary>The maximum count of numbers in an event.</summary>
    public const int MaxNumbers = 8;

    private Longs _sums;
    private Int128s _carried;
    private uint _present;
    private uint _large;

    /// <summary>Adds the numbers of an event.</summary>
    /// <param name="micros">At most <see cref="MaxNumbers"/> numbers in micros; 0 where a number is missing.</param>
    /// <param name="present">Bit <c>1 &lt;&lt; i</c> is set when number <c>i</c> is present.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<long> micros, uint present)
    {
        _present |= present;
        for (int i = 0; i < micros.Length; i++)
        {
            long value = micros[i];
            long sum = unchecked(_sums[i] + value);
            if (((sum ^ _sums[i]) & (sum ^ value)) < 0)
            {
                Carry(i);
                sum = value;
            }

            _sums[i] = sum;
        }
    }

    /// <summary>The next sum overflows 64 bits: moves the old sum into the 128-bit part.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Carry(int number)
    {
        _carried[number] += _sums[number];
        _large |= 1u << number;
    }

    /// <summary>The double nearest to a sum, in units (not micros); NaN means null.</summary>
    public readonly double this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_present >> number & 1) == 0 ? double.NaN : (_large >> number & 1) == 0 ? ExactDouble.FromMicros(_sums[number]) : Large(number);
    }

    private readonly double Large(int number) => ExactDouble.FromMicros(_carried[number] + _sums[number]);

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
