using System.Buffers.Binary;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>
/// The records of a run without repeats, ordered by their content, in bounded memory. The rule is that of the summaries, <c>RepeatFilter</c>.
/// <code>
/// records with an id ──► RecordSort by id ──► IdentifiedRecords ─┐
/// other records ─────────────────────────────────────────────────┴─► RecordSort by content ──► DistinctRecords
/// </code>
/// </summary>
/// <param name="tempDirectory">The folder of temporary files.</param>
internal sealed class RecordUnion(string tempDirectory) : IDisposable
{
    private readonly RecordSort _identified = new(IdentityOrder.Instance, tempDirectory);
    private readonly RecordSort _records = new(RecordOrder.Instance, tempDirectory);
    private readonly JsonbText _jsonb = new();
    private readonly CopyBuffer _tuple = new(1024);

    /// <summary>Adds records.</summary>
    /// <param name="category">Their category.</param>
    /// <param name="tuples">Their tuples, with or without an origin; see <see cref="RecordEntry"/>.</param>
    /// <param name="cancellationToken">Ends the sorting.</param>
    /// <exception cref="IngestException">A temporary file cannot be written.</exception>
    public void Add(Category category, ReadOnlySpan<byte> tuples, CancellationToken cancellationToken)
    {
        int table = RecordTable.IndexOf(category);
        while (!tuples.IsEmpty)
        {
            ReadOnlySpan<byte> tuple = tuples[..CopyTupleReader.LengthOf(tuples)];
            RecordSort sort = RecordEntry.OriginFieldsOf(table, tuple) == RecordEntry.IdentifiedOriginFields ? _identified : _records;
            sort.Add(table, category == Category.Measurements ? WithText(tuple) : tuple, cancellationToken);
            tuples = tuples[tuple.Length..];
        }
    }

    /// <summary>Returns the records without repeats. Nothing may be added afterwards.</summary>
    /// <exception cref="IngestException">A temporary file cannot be written.</exception>
    public DistinctRecords Finish(CancellationToken cancellationToken)
    {
        new IdentifiedRecords(_identified.Finish()).ForEach(entry =>
        {
            ReadOnlySpan<byte> columns = RecordEntry.ColumnsOf(entry[0], entry.AsSpan(RecordEntry.TupleAt));
            _tuple.Clear();
            _tuple.BeginTuple(RecordEntry.ColumnCountOf(entry[0]));
            _tuple.Raw(columns);
            _records.Add(entry[0], _tuple.WrittenSpan, cancellationToken);
        });
        _identified.Dispose();
        return new DistinctRecords(_records.Finish());
    }

    public void Dispose()
    {
        _identified.Dispose();
        _records.Dispose();
    }

    /// <summary>Returns the tuple of a measurement with the text of PostgreSQL instead of <c>jsonb</c>, so that equal records have equal bytes.</summary>
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
