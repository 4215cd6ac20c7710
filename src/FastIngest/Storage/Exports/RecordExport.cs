using FastIngest.Storage.Columns;
using FastIngest.Storage.Postgres.Records;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Targets;

namespace FastIngest.Storage.Exports;

/// <summary>Writes the records that a PostgreSQL database holds to files of columns, one for each category.</summary>
public static class RecordExport
{
    /// <summary>Returns the files of an export, or <c>-</c>.</summary>
    public static IEnumerable<string> PathsOf(ColumnExport export, bool isOnlySamples) => Tables(isOnlySamples).Select(t => export.PathOf(RecordRows.Table(t.Name, t.Category)));

    /// <param name="export">The files.</param>
    /// <param name="database">The database.</param>
    /// <param name="options">The schema.</param>
    /// <param name="isOnlySamples">Whether only the samples of exports are written.</param>
    /// <param name="users">The users; empty for all.</param>
    /// <param name="since">The first day; null for no limit.</param>
    /// <param name="until">The last day, which is included; null for no limit.</param>
    /// <param name="cancellationToken">Ends the export; files that are complete stay.</param>
    /// <exception cref="IngestException">The database holds no records or cannot be read, or a file cannot be written.</exception>
    public static async ValueTask<IReadOnlyList<ExportedFile>> WriteAsync(
        ColumnExport export, Target database, TargetOptions options, bool isOnlySamples, IReadOnlyList<string> users, DateOnly? since, DateOnly? until, CancellationToken cancellationToken)
    {
        if (!database.Has(TargetCapability.Records))
        {
            throw new IngestException($"{database.Name} holds no records.", "Name a PostgreSQL database into which ingest --records has stored them.");
        }

        IReadOnlyList<RecordTable> tables = Tables(isOnlySamples);
        if (tables.Count > 1 && export.IsOneFile)
        {
            throw new IngestException("Records are one table for each category, which do not fit in one file.", "Name a folder with --out.");
        }

        List<ExportedFile> files = [];
        PostgresRecordReader reader = new(database.Name, options.Schema ?? PostgresSchema.DefaultName);
        await using (reader.ConfigureAwait(false))
        {
            await reader.OpenAsync(cancellationToken).ConfigureAwait(false);
            foreach (RecordTable table in tables)
            {
                ColumnFile file = export.Create(RecordRows.Table(table.Name, table.Category));
                await using (file.ConfigureAwait(false))
                {
                    await file.OpenAsync(cancellationToken).ConfigureAwait(false);
                    await reader.ReadAsync(table, file, PostgresRecordReader.Condition(table, users, since, until), cancellationToken).ConfigureAwait(false);
                    await file.CompleteAsync(cancellationToken).ConfigureAwait(false);
                    files.Add(new ExportedFile(file.Path, table.Name, file.Rows));
                }
            }
        }

        return files;
    }

    private static IReadOnlyList<RecordTable> Tables(bool isOnlySamples) => isOnlySamples ? [RecordTable.Samples] : RecordTable.All;
}
