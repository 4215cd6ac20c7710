namespace FastIngest.Pipeline;

/// <summary>A thread-safe pool with a fixed number of reusable objects. Renting waits while all objects are in use.</summary>
internal sealed class Pool<T>(int capacity, Func<T> create) : IDisposable
    where T : class
{
    private readonly Stack<T> _free = [];
    private readonly SemaphoreSlim _available = new(capacity);

    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    public T Rent(CancellationToken cancellationToken)
    {
        _available.Wait(cancellationToken);
        lock (_free)
        {
            return _free.Count > 0 ? _free.Pop() : create();
        }
    }

    public void Return(T item)
    {
        lock (_free)
        {
            _free.Push(item);
        }

        _available.Release();
    }

    public void Dispose() => _available.Dispose();
}
