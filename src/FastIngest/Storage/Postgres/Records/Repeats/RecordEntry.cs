using System.Buffers.Binary;
using FastIngest.Health;
using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>
/// An entry of a <see cref="RecordSort"/>: a record, and if repeats are looked for, where it comes from.
/// <code>
/// an entry:    the index of the table in <see cref="RecordTable.All"/> (1 byte), then a tuple of COPY
/// the tuple:   the columns of the table, then nothing, or its origin:
///              the file (int4), the identity (<see cref="RecordView.Identity"/>); and if that is an id of the vendor,
///              the place (int8) and the number in it (int4), by which the first record counts, and the amount of a total (int8)
/// </code>
/// </summary>
internal readonly ref struct RecordEntry
{
    /// <summary>Where the tuple of an entry begins.</summary>
    public const int TupleAt = 1;

    /// <summary>The fields of an origin: for a record without an id, and for one with an id.</summary>
    public const int OriginFields = 2, IdentifiedOriginFields = 5;

    private const int MetricIndex = 3, SourceIndex = 6;

    private static readonly ColumnType[][] Types = [.. RecordTable.All.Select(t => (ColumnType[])[.. RecordRows.Table(t.Name, t.Category).Columns.Select(c => c.Type)])];

    /// <summary>Reads an entry that has an origin with an id.</summary>
    public RecordEntry(ReadOnlySpan<byte> entry)
    {
        Table = entry[0];
        int at = TupleAt + sizeof(short);
        ReadOnlySpan<ColumnType> types = TypesOf(entry);
        bool isSample = RecordTable.All[Table].Category == Category.Samples;
        for (int i = 0; i < types.Length; i++)
        {
            TryField(entry, ref at, out ReadOnlySpan<byte> field);
            switch (i)
            {
                case 0:
                    User = field;
                    break;
                case 1:
                    Day = DayOf(types[i], field);
                    break;
                case MetricIndex when isSample:
                    Metric = field;
                    break;
                case SourceIndex when isSample:
                    Source = field;
                    break;
                default:
                    break;
            }
        }

        File = BinaryPrimitives.ReadInt32BigEndian(Next(entry, ref at));
        Identity = Next(entry, ref at);
        Place = BinaryPrimitives.ReadInt64BigEndian(Next(entry, ref at));
        NumberInPlace = BinaryPrimitives.ReadInt32BigEndian(Next(entry, ref at));
        Total = BinaryPrimitives.ReadInt64BigEndian(Next(entry, ref at));
    }

    public int Table { get; }

    public ReadOnlySpan<byte> User { get; }

    /// <summary>Days since 2000-01-01.</summary>
    public int Day { get; }

    public ReadOnlySpan<byte> Metric { get; }

    public ReadOnlySpan<byte> Source { get; }

    public int File { get; }

    public ReadOnlySpan<byte> Identity { get; }

    public long Place { get; }

    public int NumberInPlace { get; }

    /// <summary>The amount in micros.</summary>
    public long Total { get; }

    /// <summary>Whether the record is part of a total, of which the file with the largest sum counts.</summary>
    public bool IsTotal => Identity is [RecordView.IdMark, RecordView.TotalMark, ..];

    /// <summary>The types of the columns of an entry.</summary>
    public static ReadOnlySpan<ColumnType> TypesOf(ReadOnlySpan<byte> entry) => Types[entry[0]];

    /// <summary>The number of fields of the origin.</summary>
    public static int OriginFieldsOf(int table, ReadOnlySpan<byte> tuple) => BinaryPrimitives.ReadInt16BigEndian(tuple) - Types[table].Length;

    /// <summary>Returns the day of a tuple, in days since 2000-01-01.</summary>
    public static int DayOf(int table, ReadOnlySpan<byte> tuple)
    {
        int at = sizeof(short);
        TryField(tuple, ref at, out _);
        TryField(tuple, ref at, out ReadOnlySpan<byte> field);
        return DayOf(Types[table][1], field);
    }

    /// <summary>Returns the bytes of the columns of a tuple, without the number of fields and the origin.</summary>
    public static ReadOnlySpan<byte> ColumnsOf(int table, ReadOnlySpan<byte> tuple)
    {
        int at = sizeof(short);
        for (int i = 0; i < Types[table].Length; i++)
        {
            TryField(tuple, ref at, out _);
        }

        return tuple[sizeof(short)..at];
    }

    /// <summary>The number of columns of a table.</summary>
    public static int ColumnCountOf(int table) => Types[table].Length;

    /// <summary>Reads a field and moves behind it; false for a missing value.</summary>
    public static bool TryField(ReadOnlySpan<byte> bytes, scoped ref int at, out ReadOnlySpan<byte> field)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        at += sizeof(int);
        field = length < 0 ? default : bytes.Slice(at, length);
        at += field.Length;
        return length >= 0;
    }

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> bytes, scoped ref int at)
    {
        TryField(bytes, ref at, out ReadOnlySpan<byte> field);
        return field;
    }

    private static int DayOf(ColumnType type, ReadOnlySpan<byte> field) => type == ColumnType.Date
        ? BinaryPrimitives.ReadInt32BigEndian(field)
        : (int)Math.Floor(BinaryPrimitives.ReadInt64BigEndian(field) / (decimal)UnixTime.MicrosPerDay);
}
