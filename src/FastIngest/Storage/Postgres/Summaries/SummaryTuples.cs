using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Encodes and decodes rows of <c>daily_summaries</c> as tuples of COPY: the columns of a summary in order, then <c>summary_parts</c>.</summary>
internal static class SummaryTuples
{
    private static readonly SummaryColumn[] Columns = SelectedColumns.Of(SummaryContent.AllColumns);

    /// <exception cref="IngestException">The user's id is too long for the primary key.</exception>
    public static void Write(CopyBuffer copy, SummaryBatch batch, in DailySummary row)
    {
        UserIdLimit.Check(row.Texts[TextSlot.UserId].Length);
        copy.BeginTuple(Columns.Length + 1);
        foreach (SummaryColumn column in Columns)
        {
            switch (column.Kind)
            {
                case ColumnKind.Date:
                    copy.Date(row.Day);
                    break;
                case ColumnKind.Count:
                    copy.Int8((long)row.Numbers[column.Slot]);
                    break;
                case ColumnKind.Number when double.IsNaN(row.Numbers[column.Slot]):
                    copy.Null();
                    break;
                case ColumnKind.Number:
                    copy.Float8(row.Numbers[column.Slot]);
                    break;
                case var _ when row.Texts[column.Slot].IsNull:
                    copy.Null();
                    break;
                case ColumnKind.Json:
                    copy.Jsonb(batch.Text(row.Texts[column.Slot]));
                    break;
                default:
                    copy.Text(batch.Text(row.Texts[column.Slot]));
                    break;
            }
        }

        Span<byte> parts = stackalloc byte[SummaryParts.MaxBytes];
        copy.Text(parts[..SummaryParts.Write(parts, row.Parts)]);
    }

    /// <summary>Decodes a tuple of all columns and adds the row to the batch; false when the parts do not match the summary.</summary>
    public static bool TryRead(ref CopyTupleReader tuples, SummaryBatch batch, MeasurementText measurements)
    {
        ref DailySummary row = ref Read(ref tuples, Columns, batch, measurements);
        tuples.TryField(out ReadOnlySpan<byte> parts);
        return SummaryParts.TryRead(parts, row.Texts[TextSlot.Summary].Length, out row.Parts);
    }

    /// <summary>Decodes a tuple of the given columns and adds the row to the batch. The other values stay as <see cref="SummaryBatch.AddRow"/> set them.</summary>
    public static ref DailySummary Read(ref CopyTupleReader tuples, ReadOnlySpan<SummaryColumn> columns, SummaryBatch batch, MeasurementText measurements)
    {
        ref DailySummary row = ref batch.AddRow();
        foreach (SummaryColumn column in columns)
        {
            switch (column.Kind)
            {
                case ColumnKind.Date:
                    row.Day = tuples.Date();
                    break;
                case ColumnKind.Count:
                    row.Numbers[column.Slot] = tuples.Int8();
                    break;
                case ColumnKind.Number:
                    row.Numbers[column.Slot] = tuples.Float8();
                    break;
                default:
                    if (tuples.TryField(out ReadOnlySpan<byte> text))
                    {
                        row.Texts[column.Slot] = column switch
                        {
                            { Kind: ColumnKind.Json, Slot: TextSlot.Metrics } => MetricJson.Normalise(text[1..], batch),
                            { Kind: ColumnKind.Json } => measurements.Add(batch, text[1..]),
                            _ => batch.AddText(text),
                        };
                    }

                    break;
            }
        }

        return ref row;
    }
}
