using System.Diagnostics;
using System.Globalization;

namespace FastIngest.Tests.Support;

/// <summary>
/// Random tests that can be repeated: round i runs with seed + i, and a failure names its seed. The environment
/// variable FASTINGEST_FUZZ_SECONDS sets the duration of each test in seconds.
/// </summary>
internal static class Fuzz
{
    private static readonly double Seconds = double.Parse(
        Environment.GetEnvironmentVariable("FASTINGEST_FUZZ_SECONDS") ?? "0", CultureInfo.InvariantCulture);

    public static void Run(int seed, int rounds, Action<Random> round)
    {
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < rounds || Stopwatch.GetElapsedTime(started).TotalSeconds < Seconds; i++)
        {
            try
            {
                round(new Random(seed + i));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"With seed {seed + i}: {e.Message}", e);
            }
        }
    }

    public static T Any<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public static bool OneIn(this Random random, int count) => random.Next(count) == 0;
}
