using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>Reads the raw entries of a source in the order of their ids, each with its entry, from one snapshot.</summary>
public sealed class StoredRecords : IStoredRecords
{
    private readonly NpgsqlConnection _connection;
    private readonly CopyReader _receiver = new();
    private readonly Func<Exception, Exception> _explain;
    private Range _record;
    private Range? _entry;

    private StoredRecords(NpgsqlConnection connection, NpgsqlRawCopyStream stream, Func<Exception, Exception> explain)
    {
        _connection = connection;
        _receiver.Begin(stream);
        _explain = explain;
    }

    /// <summary>The id of the raw entry.</summary>
    public long Id { get; private set; }

    public ReadOnlySpan<byte> Record => _receiver.Current[_record];

    public ReadOnlySpan<byte> Entry => _entry is { } entry ? _receiver.Current[entry] : default;

    /// <summary>
    /// Starts the query. The planner settings force a merge join over the indexes of both tables, without sorting.
    /// </summary>
    internal static async ValueTask<StoredRecords> OpenAsync(
        NpgsqlConnection connection, PostgresNames names, string source, long position, Func<Exception, Exception> explain, CancellationToken cancellationToken)
    {
        await connection.RunAsync(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SET LOCAL enable_hashjoin = off;
            SET LOCAL enable_nestloop = off;
            SET LOCAL enable_sort = off;
            SET LOCAL enable_seqscan = off;
            SET LOCAL enable_bitmapscan = off;
            SET LOCAL max_parallel_workers_per_gather = 0;
            SET LOCAL jit = off;
            SET LOCAL idle_in_transaction_session_timeout = 0
            """,
            cancellationToken).ConfigureAwait(false);
        string columns = string.Join(", ", EntryTuples.EntryColumns.Split(", ").Select(c => "e." + c));
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"""
            COPY (SELECT r.id, r.raw_data, {columns} FROM {names.RawEntries} r LEFT JOIN {names.Entries} e ON e.raw_id = r.id AND e.raw_id > {position}
            WHERE r.source_id = {PostgresNames.Literal(source)} AND r.id > {position} ORDER BY r.id) TO STDOUT (FORMAT BINARY)
            """,
            cancellationToken).ConfigureAwait(false);
        return new StoredRecords(connection, stream, explain);
    }

    /// <summary>Moves to the next record; false at the end.</summary>
    /// <exception cref="IngestException">The connection broke.</exception>
    public bool MoveNext()
    {
        try
        {
            if (!_receiver.Next())
            {
                return false;
            }
        }
        catch (Exception e) when (PostgresFault.IsFault(e))
        {
            throw _explain(e);
        }

        ReadOnlySpan<byte> bytes = _receiver.Current;
        CopyTupleReader fields = CopyTupleReader.OfTuple(bytes);
        Id = fields.Int8();
        fields.TryField(out ReadOnlySpan<byte> raw);
        int rest = bytes.Length - fields.Rest.Length;
        _record = (rest - raw.Length)..rest;
        _entry = fields.TryField(out _) ? rest..bytes.Length : null;
        return true;
    }

    public void Dispose()
    {
        try
        {
            _receiver.Dispose();
            _connection.Dispose();
        }
        catch (Exception e) when (PostgresFault.IsFault(e))
        {
            // An error at the end does no harm, because the connection only read.
        }
    }
}
