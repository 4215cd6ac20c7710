using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// The one connection of a run, on which it has its transaction: opened, committed for certain, closed, and opened again
/// when a fault passes by itself.
/// </summary>
internal sealed class PostgresSession(PostgresTarget target, PostgresNames names, PostgresRetry retry)
{
    private NpgsqlDataSource? _source;
    private NpgsqlConnection? _connection;

    /// <summary>The open connection.</summary>
    public NpgsqlConnection Connection => _connection ?? throw new InvalidOperationException("The connection is closed.");

    /// <summary>Connects, and brings the schema to today's tables.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        await PostgresMigration.ApplyAsync(_connection, names, target.DisplayName, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to read summaries alone: the schema stays as it is, and the server may be a standby.</summary>
    public async ValueTask OpenForReadingAsync(CancellationToken cancellationToken)
    {
        _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        await _connection.RunAsync("SET default_transaction_read_only = on", cancellationToken).ConfigureAwait(false);
        await PostgresMigration.RequireSummariesAsync(_connection, names, target.DisplayName, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One more connection, which is the caller's.</summary>
    public async ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_source is null)
        {
            target.RequireLibraries();
            NpgsqlSlimDataSourceBuilder builder = new(target.ConnectionString);
            builder.EnableTransportSecurity();

            // Built-in types are all that is sent, and known; asking for the others takes longer than a small run.
            builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
            _source = builder.Build();
        }

        return await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Commits. When the connection breaks before the answer, nobody can tell what became of the transaction but the
    /// server: a run that it has recorded is complete.
    /// </summary>
    public async Task CommitAsync(Guid runId, CancellationToken cancellationToken)
    {
        try
        {
            await Connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFault.IsTransient(e))
        {
            if (!await WasCommittedAsync(runId, e, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    /// <summary>Whether a fault passes by itself and was waited out; the server has undone all that was sent.</summary>
    /// <param name="fault">What a call failed with.</param>
    /// <param name="wasConnected">Whether the server had answered in this run.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> TryStartOverAsync(Exception fault, bool wasConnected, CancellationToken cancellationToken)
    {
        if (fault.InnerException is not { } cause || !PostgresFault.IsTransient(cause) || !await retry.WaitAsync(cause, wasConnected, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await CloseAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Explains what the server, or the way to it, says.</summary>
    /// <exception cref="IngestException">The call failed.</exception>
    public async ValueTask GuardAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFault.IsFault(e))
        {
            throw PostgresFault.Explain(e, target.DisplayName, names.Schema);
        }
    }

    public async ValueTask CloseAsync()
    {
        await CloseConnectionAsync().ConfigureAwait(false);
        if (_source is { } source)
        {
            _source = null;
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> WasCommittedAsync(Guid runId, Exception fault, CancellationToken cancellationToken)
    {
        while (await retry.WaitAsync(fault, true, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await CloseConnectionAsync().ConfigureAwait(false);
                _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                return await PostgresRuns.IsRecordedAsync(_connection, names, runId, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFault.IsTransient(e))
            {
                fault = e;
            }
        }

        return false;
    }

    /// <summary>Closing a connection ends its transaction; that it is broken already changes nothing.</summary>
    private async ValueTask CloseConnectionAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            try
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFault.IsFault(e))
            {
            }
        }
    }
}
