namespace FastIngest.Storage.Columns.Arrow;

/// <summary>The messages and the footer of a file of Arrow, by the schemas Message.fbs, Schema.fbs and File.fbs of its specification, version 5.</summary>
internal sealed class ArrowMessages
{
    /// <summary>The places of fields in the tables of the schemas, and the numbers of unions and enumerations.</summary>
    private const short Version5 = 4, Double = 2, DayUnit = 0, MicrosecondUnit = 2;

    private const byte SchemaHeader = 1, RecordBatchHeader = 3;

    private const byte IntType = 2, FloatingPointType = 3, Utf8Type = 5, DateType = 8, TimestampType = 10;

    private readonly FlatBuffer _buffer = new();

    /// <summary>The message with the columns.</summary>
    public ReadOnlyMemory<byte> Schema(OutputTable table)
    {
        _buffer.Clear();
        return Message(SchemaHeader, SchemaTable(table), 0);
    }

    /// <summary>The message before the values of a group.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="nodes">For each column the number of values and of missing ones.</param>
    /// <param name="buffers">For each buffer its offset in the body and its length.</param>
    /// <param name="bodyBytes">The length of the body.</param>
    public ReadOnlyMemory<byte> RecordBatch(int rows, ReadOnlySpan<long> nodes, ReadOnlySpan<long> buffers, long bodyBytes)
    {
        _buffer.Clear();
        int bufferList = _buffer.AddStructs(buffers, 2);
        int nodeList = _buffer.AddStructs(nodes, 2);
        _buffer.StartTable(4);
        _buffer.Int64(0, rows);
        _buffer.Reference(1, nodeList);
        _buffer.Reference(2, bufferList);
        return Message(RecordBatchHeader, _buffer.EndTable(), bodyBytes);
    }

    /// <summary>The footer.</summary>
    /// <param name="table">The columns.</param>
    /// <param name="blocks">For each group the offset of its message in the file, the length of the message, and that of the body.</param>
    public ReadOnlyMemory<byte> Footer(OutputTable table, ReadOnlySpan<long> blocks)
    {
        _buffer.Clear();
        int batches = _buffer.AddStructs(blocks, 3);
        int dictionaries = _buffer.AddStructs([], 3);
        int schema = SchemaTable(table);
        _buffer.StartTable(5);
        _buffer.Reference(1, schema);
        _buffer.Reference(2, dictionaries);
        _buffer.Reference(3, batches);
        _buffer.Int16(0, Version5);
        return _buffer.Finish(_buffer.EndTable());
    }

    private ReadOnlyMemory<byte> Message(byte kind, int header, long bodyBytes)
    {
        _buffer.StartTable(5);
        _buffer.Int64(3, bodyBytes);
        _buffer.Reference(2, header);
        _buffer.Int16(0, Version5);
        _buffer.Byte(1, kind);
        return _buffer.Finish(_buffer.EndTable());
    }

    private int SchemaTable(OutputTable table)
    {
        int[] fields = [.. table.Columns.Select(Field)];
        int list = _buffer.AddReferences(fields);
        _buffer.StartTable(4);
        _buffer.Reference(1, list);
        return _buffer.EndTable();
    }

    private int Field(OutputColumn column)
    {
        int unit = column.Unit is null ? 0 : Unit(column.Unit);
        int children = _buffer.AddReferences([]);
        int name = _buffer.AddText(column.Name);
        (byte kind, int type) = Type(column.Type);
        _buffer.StartTable(7);
        _buffer.Reference(0, name);
        _buffer.Reference(3, type);
        _buffer.Reference(5, children);
        if (unit != 0)
        {
            _buffer.Reference(6, unit);
        }

        _buffer.Byte(1, column.IsNullable ? (byte)1 : (byte)0);
        _buffer.Byte(2, kind);
        return _buffer.EndTable();
    }

    /// <summary>The custom metadata of a field: its unit.</summary>
    private int Unit(string unit)
    {
        int value = _buffer.AddText(unit), key = _buffer.AddText("unit");
        _buffer.StartTable(2);
        _buffer.Reference(0, key);
        _buffer.Reference(1, value);
        return _buffer.AddReferences([_buffer.EndTable()]);
    }

    private (byte Kind, int Table) Type(ColumnType type)
    {
        _buffer.StartTable(2);
        switch (type)
        {
            case ColumnType.Date:
                _buffer.Int16(0, DayUnit);
                return (DateType, _buffer.EndTable());

            case ColumnType.Time:
                _buffer.Int16(0, MicrosecondUnit);
                return (TimestampType, _buffer.EndTable());

            case ColumnType.Count:
                _buffer.Int32(0, 64);
                _buffer.Byte(1, 1);
                return (IntType, _buffer.EndTable());

            case ColumnType.Number:
                _buffer.Int16(0, Double);
                return (FloatingPointType, _buffer.EndTable());

            default:
                return (Utf8Type, _buffer.EndTable());
        }
    }
}
