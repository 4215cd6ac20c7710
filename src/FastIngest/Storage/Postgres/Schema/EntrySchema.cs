namespace FastIngest.Storage.Postgres.Schema;

/// <summary>The tables of dictionaries.</summary>
internal static class EntrySchema
{
    public static IReadOnlyList<string> Tables { get; } = ["data_sources", "raw_entries", "entries"];

    /// <summary>
    /// Returns the migration step that creates the tables. The ids of raw entries follow the input order; each run continues from
    /// the highest id. The index on headword_key is a hash index, because a key may be too long for a B-tree index.
    /// </summary>
    public static string Step(PostgresNames names) =>
        $"""
        CREATE TABLE IF NOT EXISTS {names.Sources} (
            source_id text COLLATE "C" PRIMARY KEY,
            name text,
            type text,
            format text,
            url text,
            languages text[],
            license text,
            quality double precision,
            version text,
            registered timestamptz NOT NULL DEFAULT now(),
            reprocess_rules text,
            reprocess_position bigint
        );
        CREATE TABLE IF NOT EXISTS {names.RawEntries} (
            id bigint PRIMARY KEY,
            source_id text COLLATE "C" NOT NULL,
            raw_data json NOT NULL,
            checksum bytea NOT NULL,
            file_path text NOT NULL,
            line_number bigint NOT NULL,
            ingested_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (source_id, checksum)
        );
        CREATE TABLE IF NOT EXISTS {names.Entries} (
            id uuid PRIMARY KEY,
            source_id text COLLATE "C" NOT NULL,
            raw_id bigint NOT NULL UNIQUE,
            headword text NOT NULL,
            headword_key text NOT NULL,
            language text NOT NULL,
            pos text,
            ipa text,
            definition text,
            etymology text,
            quality double precision NOT NULL,
            errors text[] NOT NULL,
            pipeline_version text NOT NULL,
            duplicate_key uuid NOT NULL,
            updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX IF NOT EXISTS entries_duplicate_key ON {names.Entries} (duplicate_key);
        CREATE INDEX IF NOT EXISTS entries_headword_key ON {names.Entries} USING hash (headword_key);
        """;
}
