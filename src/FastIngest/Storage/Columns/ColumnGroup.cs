namespace FastIngest.Storage.Columns;

/// <summary>
/// The rows that are written together: a row group of Parquet, a record batch of Arrow. A group is full after a number of rows or
/// bytes, so that its size is bounded and depends on the rows alone.
/// </summary>
internal sealed class ColumnGroup
{
    private const int MaxRows = 65_536, MaxBytes = 8 << 20;

    private readonly ColumnValues[] _columns;

    public ColumnGroup(OutputTable table)
    {
        Table = table;
        _columns = [.. table.Columns.Select(c => new ColumnValues(c))];
    }

    public OutputTable Table { get; }

    public int RowCount { get; private set; }

    public ReadOnlySpan<ColumnValues> Columns => _columns;

    /// <summary>Whether the group is to be written and cleared before the next row.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Ends a row: each column has one value more.</summary>
    public void EndRow()
    {
        RowCount++;
        long bytes = 0;
        foreach (ColumnValues column in _columns)
        {
            bytes += column.Bytes;
        }

        IsFull = RowCount == MaxRows || bytes >= MaxBytes;
    }

    public void Clear()
    {
        (RowCount, IsFull) = (0, false);
        foreach (ColumnValues column in _columns)
        {
            column.Clear();
        }
    }
}
