using FastIngest.Health;
using FastIngest.Storage.Columns;
using FastIngest.Stored;

namespace FastIngest.Storage.Exports;

/// <summary>The formats of an export.</summary>
public enum ExportFormat
{
    Csv,
    Parquet,
    Arrow,
}

/// <summary>A file that an export wrote.</summary>
/// <param name="Path">The file, or <c>-</c> for standard output.</param>
/// <param name="Table">The name of its table.</param>
/// <param name="Rows">The number of its rows.</param>
public sealed record ExportedFile(string Path, string Table, long Rows);

/// <summary>Writes what a database holds to files of columns. Memory is bounded by one group of rows.</summary>
/// <param name="format">The format.</param>
/// <param name="isForSpreadsheets">Whether a spreadsheet program opens the file; only for <see cref="ExportFormat.Csv"/>.</param>
/// <param name="place">A file whose name has the ending of the format, <c>-</c> for standard output, or a folder, in which each table is a file.</param>
/// <param name="openStandardOutput">Opens the stream for <c>-</c>, which is flushed but not closed.</param>
/// <exception cref="IngestException">The place has the ending of another format.</exception>
public sealed class ColumnExport(ExportFormat format, bool isForSpreadsheets, string place, Func<Stream> openStandardOutput)
{
    private readonly ColumnFormat _format = ColumnTargets.Of(format, isForSpreadsheets);
    private readonly string _place = ColumnTargets.Checked(ColumnTargets.Of(format, isForSpreadsheets), place);

    /// <summary>Whether all tables would go to one file.</summary>
    public bool IsOneFile => ColumnFile.IsFile(_format, _place);

    /// <summary>The file of the daily summaries, or <c>-</c>.</summary>
    public string SummariesPath => PathOf(SummaryRows.Table);

    /// <summary>Writes daily summaries, ordered by user id (UTF-8 bytes) and day.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="users">The users; empty for all.</param>
    /// <param name="since">The first day; null for no limit.</param>
    /// <param name="until">The last day; null for no limit.</param>
    /// <param name="cancellationToken">Ends the export; the file then stays as it was.</param>
    /// <exception cref="IngestException">The database cannot be read, or the file cannot be written.</exception>
    public async ValueTask<ExportedFile> WriteSummariesAsync(
        ISummaryReader reader, IReadOnlyList<string> users, DateOnly? since, DateOnly? until, CancellationToken cancellationToken)
    {
        ColumnFile file = Create(SummaryRows.Table);
        await using (file.ConfigureAwait(false))
        {
            await file.OpenAsync(cancellationToken).ConfigureAwait(false);
            foreach (string? user in users.Count == 0 ? [null] : Sorted(users))
            {
                SummaryQuery query = new() { UserId = user, Since = since, Until = until };
                await foreach (SummaryBatch page in reader.ReadAsync(query, cancellationToken).ConfigureAwait(false))
                {
                    await WriteAsync(file, page, cancellationToken).ConfigureAwait(false);
                }
            }

            await file.CompleteAsync(cancellationToken).ConfigureAwait(false);
            return new ExportedFile(file.Path, SummaryRows.Table.Name, file.Rows);
        }
    }

    internal ColumnFile Create(OutputTable table) => new(_format, table, _place, openStandardOutput);

    internal string PathOf(OutputTable table) => ColumnFile.PathOf(_format, table, _place);

    internal static IEnumerable<string?> Sorted(IReadOnlyList<string> users) =>
        users.Distinct(StringComparer.Ordinal).OrderBy(System.Text.Encoding.UTF8.GetBytes, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    private static async ValueTask WriteAsync(ColumnFile file, SummaryBatch page, CancellationToken cancellationToken)
    {
        for (int i = 0; i < page.RowCount; i++)
        {
            SummaryRows.Add(file.Group, page, in page.Rows[i]);
            await file.WriteIfFullAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
