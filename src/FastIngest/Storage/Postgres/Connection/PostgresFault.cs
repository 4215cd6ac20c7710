using System.Text;
using FastIngest.Health;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Turns what the server, or the way to it, says into one line and what to do, and knows by SQLSTATE what passes by
/// itself. The server's texts hold no secret; Npgsql's may hold a host, never a password.
/// </summary>
internal static class PostgresFault
{
    public static bool IsFault(Exception exception) => exception is NpgsqlException or IOException or TimeoutException;

    /// <summary>
    /// Whether the same run may succeed in a moment: the connection broke (08), the transaction lost against another
    /// (40001, 40P01), the server is short of something (53) or was stopped (57P).
    /// </summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        PostgresException e => e.SqlState is "40001" or "40P01" || e.SqlState[..2] is "08" or "53" || e.SqlState.StartsWith("57P0", StringComparison.Ordinal),

        // Without a SQLSTATE it is the socket that failed, or Npgsql refusing what was asked of it.
        NpgsqlException e => e.InnerException is IOException or System.Net.Sockets.SocketException or TimeoutException,
        _ => exception is IOException or TimeoutException,
    };

    /// <param name="exception">One for which <see cref="IsFault"/> holds.</param>
    /// <param name="displayName">The target, without secrets.</param>
    /// <param name="schema">The schema that the tables are in.</param>
    public static IngestException Explain(Exception exception, string displayName, string schema) => exception switch
    {
        PostgresException e => ExplainState(e, displayName, schema),
        _ => new($"{displayName}: the connection failed: {Innermost(exception)}", "Check that the server runs and can be reached, then run again.", exception),
    };

    public static IngestException Inconsistent(string displayName, SummaryBatch texts, in DailySummary row) => new(
        $"{displayName} was changed by another program: summary and summary_parts of user {Encoding.UTF8.GetString(texts.Text(row.Texts[TextSlot.UserId]))} "
        + $"on {DateOnly.FromDayNumber(row.Day):yyyy-MM-dd} do not fit.",
        "Delete that row, then run again.");

    private static IngestException ExplainState(PostgresException e, string displayName, string schema)
    {
        string said = FaultText.OneLine(e.MessageText).TrimEnd('.');
        (string what, string remedy) = e.SqlState switch
        {
            "28P01" or "28000" => ($"the server refused the login: {said}", "Check the user name and the password (in the URL, $PGPASSWORD or a passfile)."),
            "3D000" => (said, "Create the database, or name another one."),
            "42501" => (said, $"Grant the user what it needs: CREATE on the database for the first run, later USAGE on the schema {schema} and SELECT, INSERT and UPDATE on its tables; for --records also DELETE, and to own heart_rate, which gets months."),
            "53100" => ($"the server's disk is full: {said}", "Free some space on the server, then run again; the tables are as before."),
            "57014" => ($"the server cancelled a statement: {said}", "Raise statement_timeout for this user, or set PGOPTIONS='-c statement_timeout=0', then run again."),
            "55P03" => ($"the tables are locked: {said}", "Wait for the other program, then run again."),
            "25006" => ($"the server is read-only: {said}", "Name the primary server, not a standby."),
            "42P01" or "42P07" or "42P17" or "42703" or "23514" => (said, $"The tables in schema {schema} are not as health_ingestion made them: use another --schema."),
            _ when e.SqlState.StartsWith("22", StringComparison.Ordinal) => (said, "A stored row was changed by another program; restore it, or load into another --schema."),
            _ => (said, "Look into the server's log, then run again; the tables are as before."),
        };
        return new IngestException($"{displayName}: {what} (SQLSTATE {e.SqlState})", remedy, e);
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
