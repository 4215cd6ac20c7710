using System.Diagnostics;

namespace FastIngest.Tests.Support;

/// <summary>Waits for a state that only the system can report, by polling until a deadline that no healthy test comes near.</summary>
internal static class Poll
{
    /// <summary>The deadline for everything that must happen, even on a busy machine.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="condition">The condition that must become true.</param>
    /// <param name="otherwise">The message of the failure when the deadline passes.</param>
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
