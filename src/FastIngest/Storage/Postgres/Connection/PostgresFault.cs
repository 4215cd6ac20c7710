using System.Text;
using FastIngest.Health;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Turns errors of the server and the connection into one-line messages with a remedy, and detects transient errors by their
/// SQLSTATE. The server's messages contain no secret. Npgsql's messages may contain a host, but never a password.
/// </summary>
internal static class PostgresFault
{
    public static bool IsFault(Exception exception) => exception is NpgsqlException or IOException or TimeoutException;

    /// <summary>
    /// Whether a retry may succeed: the connection broke (08), the transaction conflicted with another one (40001, 40P01), the
    /// server lacks resources (53) or was stopped (57P0).
    /// </summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        PostgresException e when IsRejectedByPool(e) => false,
        PostgresException e => e.SqlState is "40001" or "40P01" || e.SqlState[..2] is "08" or "53" || e.SqlState.StartsWith("57P0", StringComparison.Ordinal),

        // Without a SQLSTATE, either the socket failed or Npgsql rejected the call. Only the former is transient.
        NpgsqlException e => e.InnerException is IOException or System.Net.Sockets.SocketException or TimeoutException,
        _ => exception is IOException or TimeoutException,
    };

    /// <summary>
    /// Whether a pool rejects the login for good. PgBouncer reports almost everything as a protocol violation (08P01), even a
    /// database that it does not know.
    /// </summary>
    private static bool IsRejectedByPool(PostgresException e) => e.SqlState == "08P01"
        && (IsUnknownParameter(e)
            || e.MessageText.Contains("bouncer config error", StringComparison.Ordinal)
            || e.MessageText.Contains("no such database", StringComparison.Ordinal)
            || e.MessageText.Contains("no such user", StringComparison.Ordinal));

    private static bool IsUnknownParameter(PostgresException e) => e.MessageText.Contains("unsupported startup parameter", StringComparison.Ordinal);

    /// <summary>Creates the message for an exception.</summary>
    /// <param name="exception">An exception for which <see cref="IsFault"/> is true.</param>
    /// <param name="displayName">The target, without secrets.</param>
    /// <param name="schema">The schema of the tables.</param>
    public static IngestException Explain(Exception exception, string displayName, string schema) => exception switch
    {
        PostgresException e => ExplainState(e, displayName, schema),
        NpgsqlException { InnerException: TimeoutException } => new(
            $"{displayName}: the connection failed: {Innermost(exception)}",
            "Check that the server runs and can be reached, and that a connection pool in front of it has a free place; then run again.",
            exception),
        _ => new($"{displayName}: the connection failed: {Innermost(exception)}", "Check that the server runs and can be reached, then run again.", exception),
    };

    public static IngestException Inconsistent(string displayName, SummaryBatch texts, in DailySummary row) => new(
        $"{displayName} was changed by another program: summary and summary_parts of user {Encoding.UTF8.GetString(texts.Text(row.Texts[TextSlot.UserId]))} "
        + $"on {DateOnly.FromDayNumber(row.Day):yyyy-MM-dd} do not match.",
        "Delete that row, then run again.");

    private static IngestException ExplainState(PostgresException e, string displayName, string schema)
    {
        string message = FaultText.OneLine(e.MessageText).TrimEnd('.');
        (string problem, string remedy) = e.SqlState switch
        {
            "28P01" or "28000" => ($"the server rejected the login: {message}", "Check the user name and the password (in the URL, $PGPASSWORD or a passfile)."),
            "08P01" when IsUnknownParameter(e) => (
                $"the connection pool rejected a setting of the login: {message}",
                "Leave out options (also $PGOPTIONS) and search_path and set them with ALTER ROLE, add the parameter to ignore_startup_parameters of PgBouncer, or name the PostgreSQL server itself."),
            "08P01" when message.Contains("query_wait_timeout", StringComparison.Ordinal) => (
                $"the connection pool had no free place: {message}",
                "Wait until another client of the pool ends, raise default_pool_size, or name the PostgreSQL server itself."),
            "08P01" when IsRejectedByPool(e) => ($"the connection pool rejected the login: {message}", "Name a database and a user that the pool (PgBouncer) knows."),
            "3D000" => (message, "Create the database, or name another one."),
            "42501" => (message, $"Grant the user the required privileges: CREATE on the database for the first run; later USAGE on the schema {schema} and SELECT, INSERT and UPDATE on its tables. With --records, the user also needs DELETE, and must own heart_rate to add partitions."),
            "53100" => ($"the server's disk is full: {message}", "Free some space on the server, then run again; the tables are unchanged."),
            "57014" => ($"the server cancelled a statement: {message}", "Raise statement_timeout for this user, or set PGOPTIONS='-c statement_timeout=0', then run again."),
            "55P03" => ($"the tables are locked: {message}", "Wait for the other program, then run again."),
            "25006" => ($"the server is read-only: {message}", "Name the primary server, not a standby."),
            "42P01" or "42P07" or "42P17" or "42703" or "23514" => (message, $"The tables in schema {schema} differ from those that health_ingestion made: use another --schema."),
            _ when e.SqlState.StartsWith("22", StringComparison.Ordinal) => (message, "A stored row was changed by another program; restore it, or load into another --schema."),
            _ => (message, "Check the server's log, then run again; the tables are unchanged."),
        };
        return new IngestException($"{displayName}: {problem} (SQLSTATE {e.SqlState})", remedy, e);
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return FaultText.OneLine(exception.Message).TrimEnd('.');
    }
}
