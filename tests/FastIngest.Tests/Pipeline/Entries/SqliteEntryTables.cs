using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Entries;
using FastIngest.Tests.Storage.Sqlite;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>A SQLite file with dictionaries, and its content as text.</summary>
internal sealed class SqliteEntryTables(string path)
{
    public string Path => path;

    /// <summary>Everything except the times, one row each; see <see cref="EntryTables.Portable"/>.</summary>
    public string[] Portable =>
    [
        .. Query("SELECT source_id, name, type, format, url, replace(languages, ', ', ','), license, CAST(quality AS TEXT), version, reprocess_rules, reprocess_position FROM data_sources ORDER BY source_id"),
        .. Query("SELECT row_number() OVER (ORDER BY id), source_id, raw_data, lower(hex(checksum)), file_path, line_number FROM raw_entries ORDER BY id"),
        .. Entries,
    ];

    public string[] Entries =>
    [
        .. Query(
            """
            SELECT (SELECT count(*) FROM raw_entries r WHERE r.id <= raw_id), id, source_id, headword, headword_key, language, pos, ipa, definition, etymology, CAST(round(quality * 100) AS INTEGER),
                replace(errors, ', ', ','), pipeline_version, lower(hex(duplicate_key)) FROM entries ORDER BY raw_id
            """),
    ];

    public List<string> Query(string sql)
    {
        using SqliteFile file = new(path);
        return file.Query(sql);
    }

    public EntryResult Load(EntryRuns runs, LexiconOptions options, long maxRemembered = SqliteEntryLoad.MaxRemembered)
    {
        SqliteEntrySink sink = new(path, SqliteTuning.Default, maxRemembered);
        try
        {
            return runs.Run(options, sink).Sinks[0].Result!;
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    public (EntryResult Result, long Removed) Reprocess(EntryPolicy policy, int mergeRows = 10_000, string? source = null, bool isDryRun = false)
    {
        SqliteEntryStore database = new(path);
        try
        {
            ReprocessedSource done = Assert.Single(LexiconReprocess.RunAsync(
                database, new ReprocessOptions(source, policy, Workers: 3, CleanBatch: 4, mergeRows, isDryRun), new LexiconGauges(), null, TestContext.Current.CancellationToken).GetAwaiter().GetResult().Sources);
            return (done.Result, done.Removed);
        }
        finally
        {
            database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
