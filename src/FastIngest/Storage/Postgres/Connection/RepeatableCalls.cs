using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Calls on a session's connection that can be done again without harm: a fault that passes by itself is waited out, and
/// the call is repeated on a new connection.
/// </summary>
/// <param name="session">The connection; this closes it.</param>
/// <param name="patience">How long a call waits for a server that is away; each has its own.</param>
/// <param name="open">Opens the session, and prepares the connection for the calls.</param>
/// <param name="explain">Turns a fault that stays into what the user reads.</param>
internal sealed class RepeatableCalls(PostgresSession session, Func<PostgresRetry> patience, Func<CancellationToken, Task> open, Func<Exception, IngestException> explain)
    : IAsyncDisposable
{
    private bool _isOpen, _wasConnected;

    /// <summary>Does a call until it is done or patience ends.</summary>
    /// <exception cref="IngestException">The server rejected it, or was away for too long.</exception>
    public async ValueTask RunAsync(Func<NpgsqlConnection, Task> call, CancellationToken cancellationToken)
    {
        PostgresRetry retry = patience();
        while (true)
        {
            try
            {
                if (!_isOpen)
                {
                    await open(cancellationToken).ConfigureAwait(false);
                    _isOpen = _wasConnected = true;
                }

                await call(session.Connection).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (PostgresFault.IsFault(e))
            {
                if (!PostgresFault.IsTransient(e) || !await retry.WaitAsync(e, _wasConnected, cancellationToken).ConfigureAwait(false))
                {
                    throw explain(e);
                }
            }

            _isOpen = false;
            await session.CloseAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => session.CloseAsync();
}
