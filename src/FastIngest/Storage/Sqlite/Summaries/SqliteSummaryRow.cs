using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Decodes rows of <c>daily_summaries</c>.</summary>
internal static class SqliteSummaryRow
{
    /// <summary>Adds the statement's current row to a batch.</summary>
    /// <param name="statement">A statement whose first columns are <paramref name="columns"/>, in that order.</param>
    /// <param name="columns">The columns to read. The other values of the row stay as <see cref="SummaryBatch.AddRow"/> set them.</param>
    /// <param name="batch">Receives the row and its texts.</param>
    /// <param name="displayPath">The database as the user named it.</param>
    /// <exception cref="IngestException">The date is invalid, or a text that should be JSON is none, because another program changed the row.</exception>
    public static ref DailySummary Read(SqliteStatement statement, ReadOnlySpan<SummaryColumn> columns, SummaryBatch batch, string displayPath)
    {
        ref DailySummary row = ref batch.AddRow();
        for (int i = 0; i < columns.Length; i++)
        {
            SummaryColumn column = columns[i];
            if (column.Kind == ColumnKind.Date && !DayText.TryRead(statement.Text(i), out row.Day))
            {
                throw WrongDate(displayPath, batch.Text(row.Texts[TextSlot.UserId]), statement.Text(i));
            }

            if (column.Kind == ColumnKind.Date || statement.IsNull(i))
            {
                continue;
            }

            if (column.Kind is ColumnKind.Count or ColumnKind.Number)
            {
                row.Numbers[column.Slot] = statement.Double(i);
            }
            else if (column.Kind == ColumnKind.Json && !IsJson(statement.Text(i)))
            {
                throw new IngestException(
                    $"{displayPath} was changed by another program: the column {column.Name} of user {Encoding.UTF8.GetString(batch.Text(row.Texts[TextSlot.UserId]))} on {DateOnly.FromDayNumber(row.Day):yyyy-MM-dd} has no JSON.",
                    "Delete that row, run again, and load the data of that day once more.");
            }
            else
            {
                row.Texts[column.Slot] = batch.AddText(statement.Text(i));
            }
        }

        return ref row;
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            while (reader.Read())
            {
            }

            return Utf8.IsValid(text);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Creates the exception for an invalid date.</summary>
    public static IngestException WrongDate(string displayPath, ReadOnlySpan<byte> userId, ReadOnlySpan<byte> date) => new(
        $"{displayPath} was changed by another program: user {Encoding.UTF8.GetString(userId)} has a summary with the invalid date '{Encoding.UTF8.GetString(date)}'.",
        "Delete that row, then run again.");
}
