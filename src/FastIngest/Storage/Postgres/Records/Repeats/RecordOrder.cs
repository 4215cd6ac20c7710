using System.Buffers.Binary;
using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>
/// The order of <see cref="RecordTable.Order"/>: by the content of all columns, a missing value after all others. Equal records follow one another by
/// their time as written and then by their file, so that repeats are neighbours.
/// </summary>
internal sealed class RecordOrder : EntryOrder
{
    private const int FileBytes = sizeof(int) + sizeof(int);

    private RecordOrder()
    {
    }

    public static RecordOrder Instance { get; } = new();

    public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int order = CompareRecords(a, b, out int fileOfA, out int fileOfB);
        return order != 0 || fileOfA == 0 ? order : FileAt(a, fileOfA).CompareTo(FileAt(b, fileOfB));
    }

    /// <summary>Whether two entries that have an origin are equal records: the one repeats the other if their files differ.</summary>
    /// <param name="a">An entry.</param>
    /// <param name="b">Another entry.</param>
    /// <param name="fileOfB">The number of the file of <paramref name="b"/>; only for equal records.</param>
    public static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, out int fileOfB)
    {
        bool areEqual = CompareRecords(a, b, out _, out int fileAt) == 0 && fileAt > 0;
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

        int atA = RecordEntry.TupleAt + sizeof(short), atB = atA;
        foreach (ColumnType type in RecordEntry.TypesOf(a))
        {
            bool hasA = RecordEntry.TryField(a, ref atA, out ReadOnlySpan<byte> fieldA), hasB = RecordEntry.TryField(b, ref atB, out ReadOnlySpan<byte> fieldB);
            int order = hasA && hasB ? Compare(type, fieldA, fieldB) : hasB.CompareTo(hasA);
            if (order != 0)
            {
                return order;
            }
        }

        // Records whose repeats are removed already have no origin; they come before equal ones that have one.
        if (atA == a.Length || atB == b.Length)
        {
            return (a.Length - atA).CompareTo(b.Length - atB);
        }

        (fileOfA, fileOfB) = (atA, atB);
        (atA, atB) = (atA + FileBytes, atB + FileBytes);
        RecordEntry.TryField(a, ref atA, out ReadOnlySpan<byte> timeOfA);
        RecordEntry.TryField(b, ref atB, out ReadOnlySpan<byte> timeOfB);
        return timeOfA.SequenceCompareTo(timeOfB);
    }

    private static int Compare(ColumnType type, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => type switch
    {
        ColumnType.Text => a.SequenceCompareTo(b),
        ColumnType.Date => BinaryPrimitives.ReadInt32BigEndian(a).CompareTo(BinaryPrimitives.ReadInt32BigEndian(b)),
        ColumnType.Number => BinaryPrimitives.ReadDoubleBigEndian(a).CompareTo(BinaryPrimitives.ReadDoubleBigEndian(b)),
        _ => BinaryPrimitives.ReadInt64BigEndian(a).CompareTo(BinaryPrimitives.ReadInt64BigEndian(b)),
    };

    private static int FileAt(ReadOnlySpan<byte> entry, int at) => BinaryPrimitives.ReadInt32BigEndian(entry[(at + sizeof(int))..]);
}
