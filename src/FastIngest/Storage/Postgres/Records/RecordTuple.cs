using System.Buffers.Binary;
using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>Reads tuples of COPY with the columns of <see cref="RecordRows.Table"/>.</summary>
internal static class RecordTuple
{
    /// <summary>The day 2000-01-01, from which PostgreSQL counts, as days since 1970-01-01.</summary>
    private const int PostgresEpochDay = 10_957;

    /// <summary>Appends a tuple as a row. Fields after those of the columns are left out.</summary>
    /// <param name="tuple">The tuple; <c>fields</c> of measurements is a text.</param>
    /// <param name="group">Receives the row.</param>
    public static void AddTo(ColumnGroup group, ReadOnlySpan<byte> tuple)
    {
        CopyTupleReader fields = CopyTupleReader.OfTuple(tuple);
        foreach (ColumnValues column in group.Columns)
        {
            if (!fields.TryField(out ReadOnlySpan<byte> field))
            {
                column.AddNull();
                continue;
            }

            switch (column.Column.Type)
            {
                case ColumnType.Text:
                    column.Add(field);
                    break;

                case ColumnType.Date:
                    column.AddDay(BinaryPrimitives.ReadInt32BigEndian(field) + PostgresEpochDay);
                    break;

                case ColumnType.Number:
                    column.Add(BinaryPrimitives.ReadDoubleBigEndian(field));
                    break;

                default:
                    column.Add(BinaryPrimitives.ReadInt64BigEndian(field) + (PostgresEpochDay * UnixTime.MicrosPerDay));
                    break;
            }
        }

        group.EndRow();
    }
}
