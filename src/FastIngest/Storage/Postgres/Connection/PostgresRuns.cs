using System.Text;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Writes the tables <c>ingest_runs</c>, with one row per run, and <c>ingest_chunks</c>, with one row per COPY of the run. Both
/// are written in the transaction of the run, so that a run is recorded exactly if its rows are stored.
/// </summary>
internal static class PostgresRuns
{
    public static async ValueTask RecordAsync(
        NpgsqlConnection connection,
        PostgresNames names,
        RunHead run,
        RunFigures figures,
        IEnumerable<(string Kind, long Rows, long Bytes)> chunks,
        CancellationToken cancellationToken)
    {
        // If the connection broke during a successful commit, the run is already recorded.
        int recorded = await connection.RunAsync(
            $"""
            INSERT INTO {names.Runs} (run_id, started, finished, files, records, aggregated, rejected, rows)
            VALUES ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8) ON CONFLICT DO NOTHING
            """,
            cancellationToken,
            new NpgsqlParameter<Guid> { TypedValue = run.RunId },
            new NpgsqlParameter<DateTime> { TypedValue = run.Started },
            new NpgsqlParameter<DateTime> { TypedValue = DateTime.UtcNow },
            new NpgsqlParameter<string> { TypedValue = Encoding.UTF8.GetString(RunFiles.Json(run.Files)) },
            new NpgsqlParameter<long> { TypedValue = figures.Records },
            new NpgsqlParameter<long> { TypedValue = figures.Aggregated },
            new NpgsqlParameter<long> { TypedValue = figures.Rejected },
            new NpgsqlParameter<long> { TypedValue = figures.Rows }).ConfigureAwait(false);
        if (recorded == 0)
        {
            return;
        }

        CopyWriter writer = new(connection, names.Chunks, "run_id, chunk, kind, rows, bytes");
        int number = 0;
        foreach ((string kind, long rows, long bytes) in chunks)
        {
            CopyBuffer copy = writer.Buffer;
            copy.BeginTuple(5);
            copy.Uuid(run.RunId);
            copy.Int4(++number);
            copy.Text(Encoding.UTF8.GetBytes(kind));
            copy.Int8(rows);
            copy.Int8(bytes);
            writer.CountRow();
        }

        await writer.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a run's transaction was committed.</summary>
    public static async ValueTask<bool> IsRecordedAsync(NpgsqlConnection connection, PostgresNames names, Guid runId, CancellationToken cancellationToken) =>
        await connection.ScalarAsync(
            $"SELECT EXISTS (SELECT FROM {names.Runs} WHERE run_id = $1)",
            cancellationToken,
            new NpgsqlParameter<Guid> { TypedValue = runId }).ConfigureAwait(false) is true;
}
