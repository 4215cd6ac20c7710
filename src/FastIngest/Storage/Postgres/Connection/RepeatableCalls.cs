using System.Data;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Runs idempotent calls on the connection of a session. After a transient error it waits and repeats the call on a new
/// connection.
/// </summary>
/// <param name="session">The session; closed with this object.</param>
/// <param name="patience">Creates the retry policy of one call.</param>
/// <param name="open">Opens the session and prepares the connection for the calls.</param>
/// <param name="explain">Turns a permanent error into a message for the user.</param>
internal sealed class RepeatableCalls(PostgresSession session, Func<PostgresRetry> patience, Func<CancellationToken, Task> open, Func<Exception, IngestException> explain)
    : IAsyncDisposable
{
    private bool _isOpen, _wasConnected;

    /// <summary>Runs a call, with retries, until it succeeds or no retry is left.</summary>
    /// <exception cref="IngestException">The server rejected the call, or was unavailable for too long.</exception>
    public async ValueTask RunAsync(Func<NpgsqlConnection, Task> call, CancellationToken cancellationToken)
    {
        PostgresRetry retry = patience();
        while (true)
        {
            try
            {
                if (_isOpen && session.Connection.State != ConnectionState.Open)
                {
                    // A cancellation that comes between two calls breaks the connection, too.
                    await CloseAsync().ConfigureAwait(false);
                }

                if (!_isOpen)
                {
                    await open(cancellationToken).ConfigureAwait(false);
                    _isOpen = _wasConnected = true;
                }

                await call(session.Connection).ConfigureAwait(false);
                return;
            }
            catch (Exception e)
            {
                // The call may have ended in the middle of a COPY, which makes the connection unusable. The next call opens a new one.
                await CloseAsync().ConfigureAwait(false);
                if (!PostgresFault.IsFault(e))
                {
                    throw;
                }

                if (!PostgresFault.IsTransient(e) || !await retry.WaitAsync(e, _wasConnected, cancellationToken).ConfigureAwait(false))
                {
                    // The connection may be in a failed transaction.
                    await CloseAsync().ConfigureAwait(false);
                    throw explain(e);
                }
            }
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private ValueTask CloseAsync()
    {
        _isOpen = false;
        return session.CloseAsync();
    }
}
