namespace FastIngest.Generate;

/// <summary>
/// SplitMix64, begun anew for every (seed, stream, user, day). So the records of a day depend on nothing else: days can be
/// made in any order by any worker, and more users or days leave the others as they are.
/// </summary>
internal struct RandomSource
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    public RandomSource(ulong seed, ulong stream, long user, int day)
    {
        ulong state = Mix(seed + (Gamma * (stream + 1)));
        state = Mix(state + (Gamma * (ulong)user));
        _state = Mix(state + (Gamma * (ulong)day));
    }

    public ulong Next() => Mix(_state += Gamma);

    /// <summary>A number from 0 to <paramref name="limitExcl"/> - 1.</summary>
    public int Below(int limitExcl) => (int)(((Next() >> 32) * (ulong)limitExcl) >> 32);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>As <see cref="Between"/>, but the middle comes up more often than the ends.</summary>
    public int Around(int low, int high)
    {
        int half = (high - low) / 2;
        return low + Below(half + 1) + Below(high - low - half + 1);
    }

    public bool Chance(int percent) => Below(100) < percent;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
