using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Records;
using FastIngest.Storage.Postgres.Records.Repeats;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Exports.Records;

/// <summary>
/// The files of columns with the records of a run, one for each category: the rows that an export of the same records from PostgreSQL has, in the
/// same order. The records arrive as tuples of COPY, as PostgreSQL gets them, and are sorted in temporary files, because repeats are removed and
/// because the bytes of a file depend on its rows alone.
/// <code>
/// batches of tuples ──► RecordUnion ──► one file after another ──► all files get their names
/// </code>
/// </summary>
internal sealed class RecordFiles : IAsyncDisposable
{
    private static readonly RecordTable[] Tables = [.. RecordTable.All];

    private readonly ColumnFile[] _files;
    private readonly RecordUnion _records;

    /// <param name="format">The format.</param>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="tempDirectory">The folder of temporary files.</param>
    public RecordFiles(ColumnFormat format, string folder, string tempDirectory)
    {
        _files = [.. OutputTables.Select(t => new ColumnFile(format, t, folder, static () => throw new InvalidOperationException("A folder is not the standard output.")))];
        _records = new RecordUnion(tempDirectory);
    }

    /// <summary>The number of characters U+0000 that were removed from the records.</summary>
    public long RemovedNuls { get; private set; }

    private static IEnumerable<OutputTable> OutputTables => Tables.Select(t => RecordRows.Table(t.Name, t.Category));

    /// <summary>Returns the files in a folder; none if the place is a file, which cannot hold several tables.</summary>
    public static IReadOnlyList<string> PathsOf(ColumnFormat format, string place) =>
        ColumnFile.IsFile(format, place) ? [] : [.. OutputTables.Select(t => ColumnFile.PathOf(format, t, place))];

    /// <exception cref="IngestException">A file cannot be written, or another run is writing it.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        foreach (ColumnFile file in _files)
        {
            await file.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <exception cref="IngestException">A temporary file cannot be written.</exception>
    public void Write(CopyRecordBatch batch, CancellationToken cancellationToken)
    {
        foreach (CopyBuffer piece in batch.Pieces)
        {
            _records.Add(batch.Category, piece.WrittenSpan, cancellationToken);
        }

        RemovedNuls += batch.RemovedNuls;
    }

    /// <summary>Writes all files. They are whole on the disk but not visible.</summary>
    /// <exception cref="IngestException">The disk is full.</exception>
    public async ValueTask<IReadOnlyList<RecordTableResult>> FinishAsync(CancellationToken cancellationToken)
    {
        DistinctRecords records = _records.Finish(cancellationToken);
        for (int table = 0; table < Tables.Length; table++)
        {
            ColumnFile file = _files[table];
            while (records.Next(table))
            {
                RecordTuple.AddTo(file.Group, records.Tuple);
                await file.WriteIfFullAsync(cancellationToken).ConfigureAwait(false);
            }

            await file.FinishAsync(cancellationToken).ConfigureAwait(false);
        }

        return [.. Tables.Select((t, i) => new RecordTableResult(t.Name, t.Category, _files[i].Rows, 0, 0, _files[i].Bytes)).Where(r => r.Category != Category.Samples || r.Rows > 0)];
    }

    /// <summary>Makes all files visible.</summary>
    /// <exception cref="IngestException">A file cannot get its name.</exception>
    public async ValueTask PublishAsync(CancellationToken cancellationToken)
    {
        foreach (ColumnFile file in _files)
        {
            await file.PublishAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _records.Dispose();
        foreach (ColumnFile file in _files)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }
}
