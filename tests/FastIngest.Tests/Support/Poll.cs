using System.Diagnostics;

namespace FastIngest.Tests.Support;

/// <summary>Waits for what only the system can see, by looking again and again until a deadline that no healthy test comes near.</summary>
internal static class Poll
{
    /// <summary>For everything that must happen, on however busy a machine.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="condition">What must become true.</param>
    /// <param name="otherwise">Said when it does not within the deadline.</param>
    public static void Until(Func<bool> condition, string otherwise)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, otherwise);
            Thread.Sleep(1);
        }
    }
}
