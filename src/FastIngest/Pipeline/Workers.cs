using System.Runtime.ExceptionServices;

namespace FastIngest.Pipeline;

/// <summary>Runs the same work on several threads. The first fault stops all threads and is rethrown.</summary>
internal static class Workers
{
    public static void Run(int count, string name, Action<CancellationToken> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? fault = null;
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            threads[i] = new Thread(() =>
            {
                try
                {
                    work(stop.Token);
                }
                catch (Exception e)
                {
                    // Only the first fault is kept; the other threads fail later, because they are cancelled.
                    Interlocked.CompareExchange(ref fault, ExceptionDispatchInfo.Capture(e), null);
                    stop.Cancel();
                }
            })
            {
                Name = $"{name} {i + 1}",
                IsBackground = true,
            };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        fault?.Throw();
    }
}
