using Microsoft.Extensions.Time.Testing;

namespace FastIngest.Tests.Support;

/// <summary>Waits on a clock that only the test moves.</summary>
internal static class FakeTime
{
    /// <summary>Moves the clock in steps until a task is done that waits by it, maybe several times over.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="step">How far a step goes: two waits that differ by less than this may end at the same step.</param>
    /// <param name="task">What must end.</param>
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
