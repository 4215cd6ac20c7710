namespace FastIngest.Generate;

/// <summary>
/// The SplitMix64 generator, seeded for every (seed, stream, user, day). The records of a day depend on nothing else, so
/// that workers can generate days in any order, and more users or days do not change the others.
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

    /// <summary>A uniform number from 0 to <paramref name="limitExcl"/> - 1.</summary>
    public int Below(int limitExcl) => (int)(((Next() >> 32) * (ulong)limitExcl) >> 32);

    /// <summary>A uniform number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>As <see cref="Between"/>, but with a triangular distribution: the middle is more frequent than the ends.</summary>
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
