using System.Globalization;
using System.Text;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Stored;

namespace FastIngest.Storage.Sqlite.Runs;

/// <summary>Writes the table <c>ingest_runs</c>: one row per run, in the transaction of the run.</summary>
internal sealed class SqliteRuns(SqliteTransaction transaction)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private string _runId = "";

    /// <summary>
    /// Records the start of the run. This is the first write of the transaction, so that a database that cannot be written fails before any
    /// input is read.
    /// </summary>
    public void Begin(RunHead run)
    {
        _runId = run.RunId.ToString("D");
        using SqliteStatement insert = transaction.Database.Compile(
            "INSERT OR REPLACE INTO ingest_runs (run_id, started, finished, files, records, aggregated, rejected, rows) VALUES (?, ?, '', ?, 0, 0, 0, 0)");
        insert.Bind(1, _runId).Bind(2, Utc(run.Started)).Bind(3, RunFiles.Json(run.Files)).Run();
    }

    /// <summary>Records the end of the run and its counts.</summary>
    public void Finish(RunFigures figures)
    {
        using SqliteStatement update = transaction.Database.Compile(
            "UPDATE ingest_runs SET finished = ?, records = ?, aggregated = ?, rejected = ?, rows = ? WHERE run_id = ?");
        update.Bind(1, Utc(DateTime.UtcNow))
            .Bind(2, figures.Records)
            .Bind(3, figures.Aggregated)
            .Bind(4, figures.Rejected)
            .Bind(5, figures.Rows)
            .Bind(6, _runId)
            .Run();
    }

    /// <summary>Reads the newest runs.</summary>
    /// <param name="database">A database with the table of runs.</param>
    /// <param name="limit">The maximum number of runs.</param>
    public static IReadOnlyList<StoredRun> Read(SqliteDatabase database, int limit)
    {
        using SqliteStatement select = database.Compile(
            """
            SELECT run_id, started, finished, records, aggregated, rejected, rows,
                CASE WHEN json_valid(files) THEN json_array_length(files) ELSE 0 END,
                CASE WHEN json_valid(files) THEN (SELECT coalesce(sum(json_extract(f.value, '$.bytes')), 0) FROM json_each(r.files) f) ELSE 0 END
            FROM ingest_runs r ORDER BY started DESC, run_id DESC LIMIT ?1
            """);
        select.Bind(1, limit);
        List<StoredRun> runs = [];
        while (select.Step())
        {
            runs.Add(new StoredRun(
                Encoding.UTF8.GetString(select.Text(0)), Time(select.Text(1)) ?? default, Time(select.Text(2)), select.Int64(7), select.Int64(8),
                select.Int64(3), select.Int64(4), select.Int64(5), select.Int64(6)));
        }

        return runs;
    }

    /// <summary>Formats a UTC time as all tables store it.</summary>
    public static string Utc(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Reads a time as <see cref="Utc"/> writes it; null for any other text.</summary>
    private static DateTime? Time(ReadOnlySpan<byte> text) =>
        DateTime.TryParseExact(Encoding.UTF8.GetString(text), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time) ? time : null;
}
