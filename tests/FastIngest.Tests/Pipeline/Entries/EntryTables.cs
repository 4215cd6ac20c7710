using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Entries;
using FastIngest.Tests.Storage.Postgres;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>The tables of a separate schema, and their content as text.</summary>
internal sealed class EntryTables(PostgresServer server)
{
    public string Schema { get; } = PostgresServer.NewSchema();

    private string Quoted => "\"" + Schema.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>All raw entries without their times.</summary>
    public string[] Raw => [.. Query("SELECT id, source_id, raw_data, encode(checksum, 'hex'), file_path, line_number FROM {0}.raw_entries ORDER BY id")];

    /// <summary>All entries without their times.</summary>
    public string[] Entries =>
        [.. Query("SELECT raw_id, id, source_id, headword, headword_key, language, pos, ipa, definition, etymology, quality, array_to_string(errors, ','), pipeline_version, duplicate_key FROM {0}.entries ORDER BY raw_id")];

    /// <summary>
    /// The data that every database must store identically, one row each. Ids are replaced by their rank, because databases
    /// may leave gaps.
    /// </summary>
    public string[] Portable =>
    [
        .. Query("SELECT source_id, name, type, format, url, to_json(languages), license, quality::text, version, reprocess_rules, reprocess_position FROM {0}.data_sources ORDER BY source_id"),
        .. Query("SELECT row_number() OVER (ORDER BY id), source_id, raw_data, encode(checksum, 'hex'), file_path, line_number FROM {0}.raw_entries ORDER BY id"),
        .. Query(
            """
            SELECT (SELECT count(*) FROM {0}.raw_entries r WHERE r.id <= raw_id), id, source_id, headword, headword_key, language, pos, ipa, definition, etymology, round((quality * 100)::numeric), array_to_json(errors),
                pipeline_version, replace(duplicate_key::text, '-', '') FROM {0}.entries ORDER BY raw_id
            """),
    ];

    /// <summary>The entries in the format of <c>--to ndjson:</c>.</summary>
    public string Ndjson => string.Concat(Query(
        """
        SELECT '{{"id": "' || e.id || '", "source_id": ' || to_json(e.source_id) || ', "headword": ' || to_json(headword) || ', "headword_key": ' || to_json(headword_key)
            || ', "language": ' || to_json(language) || ', "pos": ' || coalesce(to_json(pos)::text, 'null') || ', "ipa": ' || coalesce(to_json(ipa)::text, 'null')
            || ', "definition": ' || coalesce(to_json(definition)::text, 'null') || ', "etymology": ' || coalesce(to_json(etymology)::text, 'null')
            || ', "quality": ' || CASE quality WHEN 1 THEN '1.0' ELSE quality::text END
            || ', "errors": [' || coalesce((SELECT string_agg('"' || x || '"', ', ') FROM unnest(errors) x), '') || '], "line_number": ' || r.line_number || '}}'
        FROM {0}.entries e JOIN {0}.raw_entries r ON r.id = e.raw_id ORDER BY raw_id
        """).Select(l => l + "\n"));

    public List<string> Query(string sql) => server.Query(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, Quoted));

    public PostgresEntrySink Sink(int mergeRows = 10_000, long maxRemembered = EntryLoad.MaxRemembered) =>
        new(server.Url, Schema, mergeRows, new PostgresRetry(6, TimeSpan.FromMilliseconds(50)), maxRemembered);

    public EntryResult Load(EntryRuns runs, LexiconOptions options, int mergeRows = 10_000, long maxRemembered = EntryLoad.MaxRemembered)
    {
        PostgresEntrySink sink = Sink(mergeRows, maxRemembered);
        try
        {
            return runs.Run(options, sink).Sinks[0].Result!;
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
