namespace FastIngest.Tests.Support;

/// <summary>
/// A call on its own thread that is expected to block. <see cref="AssertWaits"/> checks the state of the thread, so that no
/// test has to guess how long to wait for a call that must not return.
/// </summary>
internal sealed class WaitingCall<T>
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;

    public WaitingCall(Func<T> call)
    {
        _thread = new Thread(() =>
        {
            try
            {
                _result.SetResult(call());
            }
            catch (Exception e)
            {
                _result.SetException(e);
            }
        })
        {
            IsBackground = true,
        };
        _thread.Start();
    }

    /// <summary>Returns as soon as the thread is blocked; fails when the call has returned instead.</summary>
    public void AssertWaits() => Poll.Until(
        () =>
        {
            Assert.False(_result.Task.IsCompleted, "The call came back and should have waited.");
            return _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin);
        },
        "The call neither waits nor comes back.");

    /// <summary>The result or the exception of the call.</summary>
    public Task<T> ResultAsync() => _result.Task.WaitAsync(Poll.Deadline);
}
