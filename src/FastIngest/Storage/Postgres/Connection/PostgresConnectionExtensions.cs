using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>Runs single statements.</summary>
internal static class PostgresConnectionExtensions
{
    /// <summary>Runs SQL with the parameters $1, $2 and so on; returns the number of affected rows.</summary>
    public static async ValueTask<int> RunAsync(
        this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        NpgsqlCommand command = Make(connection, sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the first value of the first row; null without a row or for NULL.</summary>
    public static async ValueTask<object?> ScalarAsync(
        this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        NpgsqlCommand command = Make(connection, sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            object? value = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return value is DBNull ? null : value;
        }
    }

    /// <summary>Returns the first value of every row, for example of a RETURNING clause.</summary>
    public static async ValueTask<List<T>> ColumnAsync<T>(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        List<T> values = [];
        NpgsqlCommand command = Make(connection, sql, []);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    values.Add(reader.GetFieldValue<T>(0));
                }
            }
        }

        return values;
    }

    /// <summary>
    /// Reads pages in a transaction that changes nothing. The planner settings, which end with it, force index scans: pages are
    /// small and in key order, and the planner has no statistics of a table that was just filled.
    /// </summary>
    public static async Task ReadPageAsync(this NpgsqlConnection connection, Func<Task> read, CancellationToken cancellationToken)
    {
        await connection.RunAsync(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL enable_hashjoin = off; SET LOCAL enable_hashagg = off; SET LOCAL jit = off",
            cancellationToken).ConfigureAwait(false);
        await read().ConfigureAwait(false);
        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlCommand Make(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
        NpgsqlCommand command = new(sql, connection);
        command.Parameters.AddRange(parameters);
        return command;
    }
}
