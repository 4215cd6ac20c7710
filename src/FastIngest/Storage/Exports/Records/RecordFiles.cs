using System.Buffers.Binary;
using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Records;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Exports.Records;

/// <summary>
/// The files of columns with the records of a run, one for each category: the rows that an export of the same records from PostgreSQL has, in the
/// same order. The records arrive as tuples of COPY, as PostgreSQL gets them, and are sorted in temporary files, because repeats are removed and
/// because the bytes of a file depend on its rows alone.
/// <code>
/// batches of tuples ──► RecordSort ──► DistinctRecords ──► one file after another ──► all files get their names
/// </code>
/// </summary>
internal sealed class RecordFiles : IAsyncDisposable
{
    private static readonly RecordTable[] Tables = [.. RecordTable.All];

    private readonly ColumnFile[] _files;
    private readonly RecordSort _sort;
    private readonly JsonbText _jsonb = new();
    private readonly CopyBuffer _tuple = new(1024);

    /// <param name="format">The format.</param>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="tempDirectory">The folder of temporary files.</param>
    public RecordFiles(ColumnFormat format, string folder, string tempDirectory)
    {
        _files = [.. OutputTables.Select(t => new ColumnFile(format, t, folder, static () => throw new InvalidOperationException("A folder is not the standard output.")))];
        _sort = new RecordSort(tempDirectory);
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
        int table = Array.FindIndex(Tables, t => t.Category == batch.Category);
        bool isJson = batch.Category == Category.Measurements;
        foreach (CopyBuffer piece in batch.Pieces)
        {
            ReadOnlySpan<byte> tuples = piece.WrittenSpan;
            while (!tuples.IsEmpty)
            {
                ReadOnlySpan<byte> tuple = tuples[..RecordTuple.LengthOf(tuples)];
                _sort.Add(table, isJson ? WithText(tuple) : tuple, cancellationToken);
                tuples = tuples[tuple.Length..];
            }
        }

        RemovedNuls += batch.RemovedNuls;
    }

    /// <summary>Writes all files. They are whole on the disk but not visible.</summary>
    /// <exception cref="IngestException">The disk is full.</exception>
    public async ValueTask<IReadOnlyList<RecordTableResult>> FinishAsync(CancellationToken cancellationToken)
    {
        DistinctRecords records = new(_sort.Finish());
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
        _sort.Dispose();
        foreach (ColumnFile file in _files)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Returns the tuple of a measurement as an export reads it, with a text instead of <c>jsonb</c>.</summary>
    private ReadOnlySpan<byte> WithText(ReadOnlySpan<byte> tuple)
    {
        const int FieldsIndex = 2, JsonbVersionBytes = 1;
        CopyTupleReader fields = CopyTupleReader.OfTuple(tuple);
        int count = BinaryPrimitives.ReadInt16BigEndian(tuple);
        _tuple.Clear();
        _tuple.BeginTuple(count);
        for (int i = 0; i < count; i++)
        {
            fields.TryField(out ReadOnlySpan<byte> field);
            _tuple.Text(i == FieldsIndex ? _jsonb.Of(field[JsonbVersionBytes..]) : field);
        }

        return _tuple.WrittenSpan;
    }
}
