namespace FastIngest.Storage.Columns.Parquet;

/// <summary>What the footer says of the pages of a column of a group.</summary>
/// <param name="Start">Where the first page begins in the file.</param>
/// <param name="DataStart">Where the first page of values begins: after that of the dictionary, if there is one.</param>
/// <param name="Bytes">The bytes of all pages as they would be without compression, headers included.</param>
/// <param name="CompressedBytes">Their bytes in the file.</param>
internal readonly record struct ChunkPlace(long Start, long DataStart, long Bytes, long CompressedBytes)
{
    public bool HasDictionary => DataStart != Start;
}

/// <summary>The structure <c>FileMetaData</c> at the end of a file, by parquet.thrift of the format's specification.</summary>
/// <param name="table">The columns.</param>
internal sealed class ParquetFooter(OutputTable table)
{
    /// <summary>Physical types.</summary>
    private const int Int32 = 1, Int64 = 2, Double = 5, ByteArray = 6;

    /// <summary>Fields of the union <c>LogicalType</c>, and the older form of the same.</summary>
    private const int StringType = 1, DateType = 6, TimestampType = 8, ConvertedText = 0, ConvertedDate = 6;

    private const int Required = 0, Optional = 1, Version = 1;

    private readonly ThriftWriter _groups = new();
    private int _groupCount;
    private long _rows;

    /// <summary>Adds a group.</summary>
    /// <param name="group">The rows.</param>
    /// <param name="places">The places of its columns.</param>
    public void Add(ColumnGroup group, ReadOnlySpan<ChunkPlace> places)
    {
        long bytes = 0, compressed = 0;
        _groups.StartElement();
        _groups.StartStructList(1, places.Length);
        for (int i = 0; i < places.Length; i++)
        {
            WriteChunk(group.Columns[i], places[i]);
            bytes += places[i].Bytes;
            compressed += places[i].CompressedBytes;
        }

        _groups.Int64(2, bytes);
        _groups.Int64(3, group.RowCount);
        _groups.Int64(5, places[0].Start);
        _groups.Int64(6, compressed);
        _groups.EndStruct();
        _groupCount++;
        _rows += group.RowCount;
    }

    /// <summary>Returns the footer.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        ThriftWriter writer = new();
        writer.Int32(1, Version);
        writer.StartStructList(2, table.Columns.Count + 1);
        writer.StartElement();
        writer.Text(4, table.Name);
        writer.Int32(5, table.Columns.Count);
        writer.EndStruct();
        foreach (OutputColumn column in table.Columns)
        {
            WriteColumn(writer, column);
        }

        writer.Int64(3, _rows);
        writer.StartStructList(4, _groupCount);
        writer.Raw(_groups.Written.Span);
        WriteUnits(writer);
        writer.Text(6, $"health_ingestion version {typeof(ParquetFooter).Assembly.GetName().Version?.ToString(3)}");

        // Minima and maxima are in the order of the values. Without this, readers do not use them.
        writer.StartStructList(7, table.Columns.Count);
        for (int i = 0; i < table.Columns.Count; i++)
        {
            writer.StartElement();
            writer.StartStruct(1);
            writer.EndStruct();
            writer.EndStruct();
        }

        writer.End();
        return writer.Written;
    }

    /// <summary>Writes the units of the columns as pairs of a key such as <c>unit.activity_km</c> and a value.</summary>
    private void WriteUnits(ThriftWriter writer)
    {
        OutputColumn[] measures = [.. table.Columns.Where(c => c.Unit is not null)];
        if (measures.Length > 0)
        {
            writer.StartStructList(5, measures.Length);
            foreach (OutputColumn column in measures)
            {
                writer.StartElement();
                writer.Text(1, "unit." + column.Name);
                writer.Text(2, column.Unit!);
                writer.EndStruct();
            }
        }
    }

    private static int PhysicalType(ColumnType type) => type switch
    {
        ColumnType.Text => ByteArray,
        ColumnType.Date => Int32,
        ColumnType.Number => Double,
        _ => Int64,
    };

    private static void WriteColumn(ThriftWriter writer, OutputColumn column)
    {
        writer.StartElement();
        writer.Int32(1, PhysicalType(column.Type));
        writer.Int32(3, column.IsNullable ? Optional : Required);
        writer.Text(4, column.Name);
        switch (column.Type)
        {
            case ColumnType.Text:
                writer.Int32(6, ConvertedText);
                writer.StartStruct(10);
                writer.StartStruct(StringType);
                writer.EndStruct();
                writer.EndStruct();
                break;

            case ColumnType.Date:
                writer.Int32(6, ConvertedDate);
                writer.StartStruct(10);
                writer.StartStruct(DateType);
                writer.EndStruct();
                writer.EndStruct();
                break;

            case ColumnType.Time:
                // A local time in microseconds; the older form knows only times in UTC.
                writer.StartStruct(10);
                writer.StartStruct(TimestampType);
                writer.Flag(1, false);
                writer.StartStruct(2);
                writer.StartStruct(2);
                writer.EndStruct();
                writer.EndStruct();
                writer.EndStruct();
                writer.EndStruct();
                break;
        }

        writer.EndStruct();
    }

    private void WriteChunk(ColumnValues values, ChunkPlace place)
    {
        _groups.StartElement();
        _groups.Int64(2, place.Start);
        _groups.StartStruct(3);
        _groups.Int32(1, PhysicalType(values.Column.Type));
        if (place.HasDictionary)
        {
            _groups.Int32List(2, ParquetPages.Plain, ParquetPages.Rle, ParquetPages.RleDictionary);
        }
        else
        {
            _groups.Int32List(2, ParquetPages.Plain, ParquetPages.Rle);
        }

        _groups.TextList(3, values.Column.Name);
        _groups.Int32(4, PageCompressor.Codec);
        _groups.Int64(5, values.Count);
        _groups.Int64(6, place.Bytes);
        _groups.Int64(7, place.CompressedBytes);
        _groups.Int64(9, place.DataStart);
        if (place.HasDictionary)
        {
            _groups.Int64(11, place.Start);
        }

        ChunkStatistics.Write(_groups, 12, values);
        _groups.EndStruct();
        _groups.EndStruct();
    }
}
