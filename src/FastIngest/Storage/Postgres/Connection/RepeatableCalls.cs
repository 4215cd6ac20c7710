using System.Data;
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
                // The call may have ended in the middle of a COPY, which a connection does not survive: the next call gets a new one.
                await CloseAsync().ConfigureAwait(false);
                if (!PostgresFault.IsFault(e))
                {
                    throw;
                }

                if (!PostgresFault.IsTransient(e) || !await retry.WaitAsync(e, _wasConnected, cancellationToken).ConfigureAwait(false))
                {
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
