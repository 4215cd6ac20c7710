using System.Buffers.Binary;
using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Records;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Exports.Records;

/// <summary>
/// The order of <see cref="RecordTable.Order"/>: by the content of all columns, a missing value after all others. Equal records follow one another by
/// their time as written and then by their file, so that repeats are neighbours.
/// <code>
/// an entry:    the index of the table (1 byte), then a tuple of COPY
/// the tuple:   the columns of the table; then, if repeats are looked for, the file (int4) and the time as written
/// </code>
/// </summary>
internal static class RecordOrder
{
    /// <summary>Where the tuple of an entry begins.</summary>
    public const int TupleAt = 1;

    private const int FileBytes = sizeof(int) + sizeof(int);

    private static readonly ColumnType[][] Types = [.. RecordTable.All.Select(t => (ColumnType[])[.. RecordRows.Table(t.Name, t.Category).Columns.Select(c => c.Type)])];

    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int order = CompareRecords(a, b, out int fileOfA, out int fileOfB);
        return order != 0 || fileOfA == 0 ? order : FileAt(a, fileOfA).CompareTo(FileAt(b, fileOfB));
    }

    /// <summary>Whether repeats of an entry are looked for.</summary>
    public static bool HasOrigin(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt16BigEndian(entry[TupleAt..]) > Types[entry[0]].Length;

    /// <summary>Whether two entries that have an origin are equal records: the one repeats the other if their files differ.</summary>
    /// <param name="a">An entry.</param>
    /// <param name="b">Another entry.</param>
    /// <param name="fileOfB">The number of the file of <paramref name="b"/>; only for equal records.</param>
    public static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, out int fileOfB)
    {
        bool areEqual = CompareRecords(a, b, out _, out int fileAt) == 0;
        fileOfB = areEqual ? FileAt(b, fileAt) : 0;
        return areEqual;
    }

    /// <summary>Compares all but the files, and returns where these are; 0 where the entries have none.</summary>
    private static int CompareRecords(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, out int fileOfA, out int fileOfB)
    {
        (fileOfA, fileOfB) = (0, 0);
        if (a[0] != b[0])
        {
            return a[0] - b[0];
        }

        int atA = TupleAt + sizeof(short), atB = atA;
        foreach (ColumnType type in Types[a[0]])
        {
            bool hasA = TryField(a, ref atA, out ReadOnlySpan<byte> fieldA), hasB = TryField(b, ref atB, out ReadOnlySpan<byte> fieldB);
            int order = hasA && hasB ? Compare(type, fieldA, fieldB) : hasB.CompareTo(hasA);
            if (order != 0)
            {
                return order;
            }
        }

        if (atA == a.Length || atB == b.Length)
        {
            return a.Length - atA - (b.Length - atB);
        }

        (fileOfA, fileOfB) = (atA, atB);
        (atA, atB) = (atA + FileBytes, atB + FileBytes);
        TryField(a, ref atA, out ReadOnlySpan<byte> writtenA);
        TryField(b, ref atB, out ReadOnlySpan<byte> writtenB);
        return writtenA.SequenceCompareTo(writtenB);
    }

    private static int Compare(ColumnType type, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => type switch
    {
        ColumnType.Text => a.SequenceCompareTo(b),
        ColumnType.Date => BinaryPrimitives.ReadInt32BigEndian(a).CompareTo(BinaryPrimitives.ReadInt32BigEndian(b)),
        ColumnType.Number => BinaryPrimitives.ReadDoubleBigEndian(a).CompareTo(BinaryPrimitives.ReadDoubleBigEndian(b)),
        _ => BinaryPrimitives.ReadInt64BigEndian(a).CompareTo(BinaryPrimitives.ReadInt64BigEndian(b)),
    };

    private static bool TryField(ReadOnlySpan<byte> entry, ref int at, out ReadOnlySpan<byte> field)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(entry[at..]);
        at += sizeof(int);
        field = length < 0 ? default : entry.Slice(at, length);
        at += field.Length;
        return length >= 0;
    }

    private static int FileAt(ReadOnlySpan<byte> entry, int at) => BinaryPrimitives.ReadInt32BigEndian(entry[(at + sizeof(int))..]);
}
