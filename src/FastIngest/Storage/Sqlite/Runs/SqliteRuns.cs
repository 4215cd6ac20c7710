using System.Globalization;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Runs;

/// <summary>Writes the table <c>ingest_runs</c>: one row per run, in the transaction of the run.</summary>
internal sealed class SqliteRuns(SqliteDatabase database)
{
    private string _runId = "";

    /// <summary>
    /// Records the start of the run. This is the first write of the transaction, so that a database that cannot be written fails before any
    /// input is read.
    /// </summary>
    public void Begin(RunHead run)
    {
        _runId = run.RunId.ToString("D");
        using SqliteStatement insert = database.Prepare(
            "INSERT OR REPLACE INTO ingest_runs (run_id, started, finished, files, records, aggregated, rejected, rows) VALUES (?, ?, '', ?, 0, 0, 0, 0)");
        insert.Bind(1, _runId).Bind(2, Utc(run.Started)).Bind(3, RunFiles.Json(run.Files)).Run();
    }

    /// <summary>Records the end of the run and its counts.</summary>
    public void Finish(RunFigures figures)
    {
        using SqliteStatement update = database.Prepare(
            "UPDATE ingest_runs SET finished = ?, records = ?, aggregated = ?, rejected = ?, rows = ? WHERE run_id = ?");
        update.Bind(1, Utc(DateTime.UtcNow))
            .Bind(2, figures.Records)
            .Bind(3, figures.Aggregated)
            .Bind(4, figures.Rejected)
            .Bind(5, figures.Rows)
            .Bind(6, _runId)
            .Run();
    }

    /// <summary>Formats a UTC time as all tables store it.</summary>
    public static string Utc(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
