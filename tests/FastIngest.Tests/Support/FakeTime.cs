using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Support;

/// <summary>Runs waits on a clock that only the test advances.</summary>
internal static class FakeTime
{
    /// <summary>Advances the clock in steps until a task that waits for it, possibly several times, has completed.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="step">The length of a step. Two waits whose lengths differ by less may end at the same step.</param>
    /// <param name="task">The task that must complete.</param>
    public static async Task<T> RunAsync<T>(this FakeTimeProvider time, TimeSpan step, Task<T> task)
    {
        long deadline = Environment.TickCount64 + (long)Poll.Deadline.TotalMilliseconds;
        while (!task.IsCompleted)
        {
            Assert.True(Environment.TickCount64 < deadline, "The task does not end, however far the clock is moved.");
            time.Advance(step);
            await Task.Delay(1);
        }

        return await task;
    }
}
