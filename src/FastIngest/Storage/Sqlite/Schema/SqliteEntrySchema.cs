namespace FastIngest.Storage.Sqlite.Schema;

/// <summary>
/// The tables of dictionaries. They have the same columns as in PostgreSQL, but lists are JSON texts and digests are blobs. The
/// ids of raw entries follow the input order; each run continues from the highest id.
/// </summary>
internal static class SqliteEntrySchema
{
    private static readonly SqliteTable Sources = new(
        "data_sources",
        ["source_id", "name", "type", "format", "url", "languages", "license", "quality", "version", "registered", "reprocess_rules", "reprocess_position"],
        """
        (
            source_id TEXT NOT NULL PRIMARY KEY, name TEXT, type TEXT, format TEXT, url TEXT, languages TEXT, license TEXT, quality REAL,
            version TEXT, registered TEXT NOT NULL, reprocess_rules TEXT, reprocess_position INTEGER
        ) WITHOUT ROWID
        """);

    // The record is the last column, because columns after a long value are slow to read.
    private static readonly SqliteTable RawEntries = new(
        "raw_entries",
        ["id", "source_id", "checksum", "file_path", "line_number", "ingested_at", "raw_data"],
        """
        (
            id INTEGER PRIMARY KEY, source_id TEXT NOT NULL, checksum BLOB NOT NULL, file_path TEXT NOT NULL, line_number INTEGER NOT NULL,
            ingested_at TEXT NOT NULL, raw_data TEXT NOT NULL
        )
        """);

    private static readonly SqliteTable Entries = new(
        "entries",
        [
            "id", "source_id", "raw_id", "headword", "headword_key", "language", "pos", "ipa", "definition", "etymology", "quality", "errors",
            "pipeline_version", "duplicate_key", "updated_at",
        ],
        """
        (
            id TEXT NOT NULL, source_id TEXT NOT NULL, raw_id INTEGER PRIMARY KEY, headword TEXT NOT NULL, headword_key TEXT NOT NULL,
            language TEXT NOT NULL, pos TEXT, ipa TEXT, definition TEXT, etymology TEXT, quality REAL NOT NULL, errors TEXT NOT NULL,
            pipeline_version TEXT NOT NULL, duplicate_key BLOB NOT NULL, updated_at TEXT NOT NULL
        )
        """);

    private static readonly (string Name, string Definition)[] IndexList =
    [
        ("raw_entries_checksum", "UNIQUE INDEX IF NOT EXISTS raw_entries_checksum ON raw_entries (source_id, checksum)"),
        ("entries_id", "UNIQUE INDEX IF NOT EXISTS entries_id ON entries (id)"),
        ("entries_duplicate_key", "INDEX IF NOT EXISTS entries_duplicate_key ON entries (duplicate_key, source_id)"),
        ("entries_headword_key", "INDEX IF NOT EXISTS entries_headword_key ON entries (headword_key)"),
    ];

    public static SqliteSchema Tables { get; } = new(Sources, RawEntries, Entries);

    /// <summary>Creates the missing indexes.</summary>
    public static IEnumerable<string> CreateIndexes => IndexList.Select(i => "CREATE " + i.Definition);

    /// <summary>Removes the indexes. A run into empty tables creates them after all rows, which is much faster.</summary>
    public static IEnumerable<string> DropIndexes => IndexList.Select(i => "DROP INDEX IF EXISTS " + i.Name);

    /// <summary>Inserts a record unless it is already stored; <c>SqliteEntryRows</c> binds its parameters.</summary>
    public static string InsertRaw { get; } = Insert("INSERT", RawEntries) + " ON CONFLICT DO NOTHING";

    /// <summary>Inserts an entry unless one of the same record or id is already stored.</summary>
    public static string InsertEntry { get; } = Insert("INSERT", Entries) + " ON CONFLICT DO NOTHING";

    /// <summary>Inserts an entry, which replaces one of the same record or id.</summary>
    public static string ReplaceEntry { get; } = Insert("INSERT OR REPLACE", Entries);

    private static string Insert(string verb, SqliteTable table) =>
        $"{verb} INTO {table.Name} ({string.Join(", ", table.Columns)}) VALUES ({string.Join(", ", table.Columns.Select((_, i) => $"?{i + 1}"))})";
}
