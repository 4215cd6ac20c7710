using System.Text;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;
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

    /// <summary>Reads the newest runs.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="limit">The maximum number of runs.</param>
    /// <param name="runs">Receives the runs; what it held is removed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task ReadAsync(NpgsqlConnection connection, PostgresNames names, int limit, List<StoredRun> runs, CancellationToken cancellationToken)
    {
        runs.Clear();
        using CopyReader receiver = new(64 << 10);
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"""
            COPY (SELECT run_id::text, {Milliseconds("started")}, {Milliseconds("finished")}, jsonb_array_length(files)::bigint,
                (SELECT coalesce(sum((f ->> 'bytes')::numeric), 0) FROM jsonb_array_elements(files) f)::bigint, records, aggregated, rejected, rows
                FROM {names.Runs} ORDER BY started DESC, run_id DESC LIMIT {limit}) TO STDOUT (FORMAT BINARY)
            """,
            cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            receiver.Begin(stream);
            while (await receiver.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                runs.Add(Read(receiver.Current));
            }
        }
    }

    /// <summary>Whether a run's transaction was committed.</summary>
    public static async ValueTask<bool> IsRecordedAsync(NpgsqlConnection connection, PostgresNames names, Guid runId, CancellationToken cancellationToken) =>
        await connection.ScalarAsync(
            $"SELECT EXISTS (SELECT FROM {names.Runs} WHERE run_id = $1)",
            cancellationToken,
            new NpgsqlParameter<Guid> { TypedValue = runId }).ConfigureAwait(false) is true;

    private static string Milliseconds(string column) => $"floor(extract(epoch FROM {column}) * 1000)::bigint";

    private static StoredRun Read(ReadOnlySpan<byte> tuple)
    {
        CopyTupleReader fields = CopyTupleReader.OfTuple(tuple);
        fields.TryField(out ReadOnlySpan<byte> id);
        return new StoredRun(
            Encoding.UTF8.GetString(id), DateTime.UnixEpoch.AddMilliseconds(fields.Int8()), DateTime.UnixEpoch.AddMilliseconds(fields.Int8()),
            fields.Int8(), fields.Int8(), fields.Int8(), fields.Int8(), fields.Int8(), fields.Int8());
    }
}
