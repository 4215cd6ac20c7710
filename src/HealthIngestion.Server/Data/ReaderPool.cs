using FastIngest;
using FastIngest.Stored;

namespace HealthIngestion.Server.Data;

/// <summary>The server has too much to do; the client may try again.</summary>
internal sealed class BusyException() : Exception("All readers of the database are in use.");

/// <summary>
/// A few readers of the database, each used by one request at a time. A reader that failed is closed, and the next request opens another:
/// so a database that was away comes back by itself.
/// </summary>
internal sealed class ReaderPool(Func<ISummaryReader> create) : IAsyncDisposable
{
    private const int MaxReaders = 4;

    /// <summary>How long a request waits for a reader.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _free = new(MaxReaders);
    private readonly Stack<ISummaryReader> _idle = new();

    /// <summary>Uses a reader, which is open.</summary>
    /// <exception cref="BusyException">No reader became free.</exception>
    /// <exception cref="IngestException">The database cannot be read.</exception>
    public async ValueTask<T> UseAsync<T>(Func<ISummaryReader, ValueTask<T>> use, CancellationToken cancellationToken)
    {
        if (!await _free.WaitAsync(Patience, cancellationToken).ConfigureAwait(false))
        {
            throw new BusyException();
        }

        try
        {
            ISummaryReader reader = await TakeAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                T result = await use(reader).ConfigureAwait(false);
                lock (_idle)
                {
                    _idle.Push(reader);
                }

                return result;
            }
            catch
            {
                await reader.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _free.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_idle.TryPop(out ISummaryReader? reader))
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        _free.Dispose();
    }

    private async ValueTask<ISummaryReader> TakeAsync(CancellationToken cancellationToken)
    {
        lock (_idle)
        {
            if (_idle.TryPop(out ISummaryReader? idle))
            {
                return idle;
            }
        }

        ISummaryReader reader = create();
        try
        {
            await reader.OpenAsync(cancellationToken).ConfigureAwait(false);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
