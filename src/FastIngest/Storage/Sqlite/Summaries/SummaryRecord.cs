using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Schema;
using FastIngest.Storage.Sqlite.Trees;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Makes the bytes of rows of <c>daily_summaries</c>.</summary>
/// <param name="displayPath">The database as the user named it.</param>
internal sealed class SummaryRecord(string displayPath)
{
    // null stands for `summary_parts`, which is no column of a summary.
    private static readonly SummaryColumn?[] Columns = [.. SummarySchema.SummaryColumns.Select(name => SummaryColumn.All.SingleOrDefault(c => c.Name == name))];

    private readonly RecordWriter _record = new(Columns.Length, displayPath);

    /// <summary>Returns the bytes of a row, valid until the next call.</summary>
    /// <exception cref="IngestException">The row is too long for SQLite.</exception>
    public ReadOnlySpan<byte> Make(SummaryBatch batch, in DailySummary row)
    {
        Span<byte> place = stackalloc byte[SummaryParts.MaxBytes];
        foreach (SummaryColumn? column in Columns)
        {
            switch (column?.Kind)
            {
                case null:
                    _record.Add(place[..SummaryParts.Write(place, row.Parts)]);
                    break;
                case ColumnKind.Date:
                    DayText.Write(place, row.Day);
                    _record.Add(place[..DayText.Bytes]);
                    break;
                case ColumnKind.Count:
                    _record.Add((long)row.Numbers[column.Slot]);
                    break;
                case ColumnKind.Number:
                    _record.Add(row.Numbers[column.Slot]);
                    break;
                default:
                    _record.AddText(batch, row.Texts[column.Slot]);
                    break;
            }
        }

        return _record.Finish();
    }
}
