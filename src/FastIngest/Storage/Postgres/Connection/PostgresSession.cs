using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Manages the connection of a run. It opens and closes the connection, verifies a commit whose result is unknown, and prepares
/// retries after transient errors.
/// </summary>
internal sealed class PostgresSession(PostgresAddress target, PostgresNames names, PostgresRetry retry)
{
    /// <summary>The longest wait for the first statement of a connection in seconds.</summary>
    private const int ProbeSeconds = 10;

    private NpgsqlDataSource? _source;
    private NpgsqlConnection? _connection;

    /// <summary>The open connection.</summary>
    public NpgsqlConnection Connection => _connection ?? throw new InvalidOperationException("The connection is closed.");

    /// <summary>
    /// Whether the open transaction creates the schema. A BEGIN in it only continues it, so that the schema appears together with
    /// the rows of the run, or not at all.
    /// </summary>
    public bool IsNew { get; private set; }

    /// <summary>Connects, and migrates the schema to the current tables. A new schema is not committed yet.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        IsNew = await PostgresMigration.ApplyAsync(_connection, names, target.DisplayName, staysOpen: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to a database that must have the schema, and migrates it to the current tables.</summary>
    /// <param name="content">What the schema should hold, such as <c>dictionary</c>, for the message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IngestException">The database lacks the schema; nothing was changed.</exception>
    public async ValueTask OpenExistingAsync(string content, CancellationToken cancellationToken)
    {
        _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        await PostgresMigration.RequireAsync(_connection, names, target.DisplayName, content, cancellationToken).ConfigureAwait(false);
        await PostgresMigration.ApplyAsync(_connection, names, target.DisplayName, staysOpen: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects only to read summaries. The schema is not changed, and the server may be a standby.</summary>
    public async ValueTask OpenForReadingAsync(CancellationToken cancellationToken)
    {
        _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        await PostgresMigration.RequireAsync(_connection, names, target.DisplayName, "daily summaries", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a further connection, which the caller closes. The schema is not examined.</summary>
    public async ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_source is null)
        {
            target.RequireLibraries();
            NpgsqlSlimDataSourceBuilder builder = new(target.ConnectionString);
            builder.EnableTransportSecurity();

            // Only built-in types are used. Loading the others from the server would take longer than a small run.
            builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
            _source = builder.Build();
        }

        NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ProbeAsync(connection, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Runs a first statement. A pool such as PgBouncer accepts a login at once, but lets the first statement wait until a place
    /// is free, which may be never.
    /// </summary>
    /// <exception cref="IngestException">No place became free.</exception>
    private async ValueTask ProbeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlCommand command = new("SELECT 1", connection) { CommandTimeout = ProbeSeconds };
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            throw new IngestException(
                $"{target.DisplayName}: the login succeeded, but no statement ran within {ProbeSeconds} seconds; probably the connection pool (PgBouncer) has no free place.",
                "Wait until another client of the pool ends, raise default_pool_size, or name the PostgreSQL server itself.",
                e);
        }
    }

    /// <summary>
    /// Commits. If the connection breaks before the response, the result of the commit is unknown. In that case the method
    /// reconnects and checks whether the run is recorded.
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

    /// <summary>Rolls back the transaction, and with it a new schema.</summary>
    public async Task RollBackAsync(CancellationToken cancellationToken) =>
        await Connection.RunAsync("ROLLBACK", cancellationToken).ConfigureAwait(false);

    /// <summary>Prepares a retry after a transient error: waits and closes the connection. The server has rolled back the transaction.</summary>
    /// <param name="fault">The exception of the failed call.</param>
    /// <param name="wasConnected">Whether this run was connected to the server before.</param>
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

    /// <summary>Runs a call and turns errors of the server and the connection into messages for the user.</summary>
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

    /// <summary>Runs a call like the other overload, and returns its result.</summary>
    /// <exception cref="IngestException">The call failed.</exception>
    public async ValueTask<T> GuardAsync<T>(Func<Task<T>> call)
    {
        T? result = default;
        await GuardAsync(async () => { result = await call().ConfigureAwait(false); }).ConfigureAwait(false);
        return result!;
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
                return await PostgresMigration.HasRunsAsync(_connection, names, cancellationToken).ConfigureAwait(false)
                    && await PostgresRuns.IsRecordedAsync(_connection, names, runId, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFault.IsTransient(e))
            {
                fault = e;
            }
        }

        return false;
    }

    /// <summary>Closes the connection, which also ends its transaction. Errors of a broken connection are ignored.</summary>
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
