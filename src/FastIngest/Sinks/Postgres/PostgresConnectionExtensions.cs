using Npgsql;

namespace FastIngest.Sinks.Postgres;

/// <summary>One statement, one result; and rows in messages.</summary>
internal static class PostgresConnectionExtensions
{
    /// <summary>Runs SQL with parameters $1, $2 and so on; returns how many rows it touched.</summary>
    public static async ValueTask<int> RunAsync(
        this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        NpgsqlCommand command = Make(connection, sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The first value of the first row; null when there is none.</summary>
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

    /// <summary>
    /// Sends rows of a COPY. Npgsql passes messages larger than its own buffer straight to the socket, so that rows are
    /// copied once on their way; the server begins with a message when it has all of it, so that they must not be large.
    /// </summary>
    public static async ValueTask WriteRowsAsync(this NpgsqlRawCopyStream stream, ReadOnlyMemory<byte> rows, CancellationToken cancellationToken)
    {
        const int MessageBytes = 64 << 10;
        for (; rows.Length > MessageBytes; rows = rows[MessageBytes..])
        {
            await stream.WriteAsync(rows[..MessageBytes], cancellationToken).ConfigureAwait(false);
        }

        await stream.WriteAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlCommand Make(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
        NpgsqlCommand command = new(sql, connection);
        command.Parameters.AddRange(parameters);
        return command;
    }
}
