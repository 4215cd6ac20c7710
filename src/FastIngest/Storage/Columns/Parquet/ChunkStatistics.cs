using System.Buffers.Binary;

namespace FastIngest.Storage.Columns.Parquet;

/// <summary>
/// The smallest and the largest value of a column of a group, by which readers skip groups. They are left out for long texts, which
/// nobody compares, and where there is no value.
/// </summary>
internal static class ChunkStatistics
{
    private const int MaxTextBytes = 64;

    /// <summary>Writes the structure <c>Statistics</c>.</summary>
    /// <param name="writer">The metadata.</param>
    /// <param name="field">The place of the structure in the one around it.</param>
    /// <param name="values">The values.</param>
    public static void Write(ThriftWriter writer, int field, ColumnValues values)
    {
        writer.StartStruct(field);
        writer.Int64(3, values.NullCount);
        if (values.NullCount < values.Count)
        {
            WriteRange(writer, values);
        }

        writer.EndStruct();
    }

    private static void WriteRange(ThriftWriter writer, ColumnValues values)
    {
        if (values.Column.Type == ColumnType.Text && !values.Column.HasFewTexts)
        {
            return;
        }

        int min = -1, max = -1;
        for (int i = 0; i < values.Count; i++)
        {
            if (!values.IsNull(i))
            {
                min = min < 0 || Compare(values, i, min) < 0 ? i : min;
                max = max < 0 || Compare(values, i, max) > 0 ? i : max;
            }
        }

        if (values.Column.Type != ColumnType.Text)
        {
            Span<byte> bytes = stackalloc byte[2 * sizeof(long)];
            writer.Binary(5, Bound(values, max, bytes, isMax: true));
            writer.Binary(6, Bound(values, min, bytes, isMax: false));
        }
        else if (values.Text(min).Length <= MaxTextBytes && values.Text(max).Length <= MaxTextBytes)
        {
            writer.Binary(5, values.Text(max));
            writer.Binary(6, values.Text(min));
        }
    }

    /// <summary>The bytes of a value. Both zeros are equal, so that a range that ends at zero holds both.</summary>
    private static ReadOnlySpan<byte> Bound(ColumnValues values, int index, Span<byte> bytes, bool isMax)
    {
        if (values.Column.Type == ColumnType.Number && values.Double(index) == 0)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, isMax ? 0.0 : -0.0);
            return bytes[..sizeof(double)];
        }

        return values.Value(index);
    }

    private static int Compare(ColumnValues values, int a, int b) => values.Column.Type switch
    {
        ColumnType.Text => values.Text(a).SequenceCompareTo(values.Text(b)),
        ColumnType.Date => values.Int32(a).CompareTo(values.Int32(b)),
        ColumnType.Number => values.Double(a).CompareTo(values.Double(b)),
        _ => values.Int64(a).CompareTo(values.Int64(b)),
    };
}
