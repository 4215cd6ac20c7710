using FastIngest.Generate.Entries;
using FastIngest.Health;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Entries;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Tests.Storage;
using FastIngest.Tests.Storage.Postgres;
using FastIngest.Tests.Storage.Sqlite;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>Dictionaries in SQLite: the tables equal those in PostgreSQL, whichever way they are loaded.</summary>
public sealed class EntrySqliteTests : IDisposable
{
    private static readonly string Sample = Path.Combine(RepositoryFolder.Tests, "data", "lexicon");

    private readonly EntryRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    /// <summary>With digests to the end; with indexes from the first record; with indexes from the middle on.</summary>
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(50)]
    public void The_sample_is_stored_as_it_is_printed(long maxRemembered)
    {
        File.Copy(Path.Combine(Sample, "entries.jsonl"), _runs["a.jsonl"]);
        LexiconOptions options = _runs.Options("a.jsonl") with { CleanBatch = 10 };
        EntryResult printed = _runs.Print(options).Result;
        EntryTables postgres = new(PostgresServer.Shared);
        postgres.Load(_runs, options);
        SqliteEntryTables sqlite = new(_runs["a.db"]);

        EntryResult result = sqlite.Load(_runs, options, maxRemembered);

        Assert.Equal(printed, result);
        Assert.Equal(postgres.Portable, sqlite.Portable);
        Assert.Equal(["64 62 2 59"], sqlite.Query("SELECT records, aggregated, rejected, rows FROM ingest_runs WHERE finished > started"));
        Assert.Equal(["ok"], sqlite.Query("PRAGMA integrity_check"));
        Assert.Equal(
            ["entries_duplicate_key", "entries_headword_key", "entries_id", "raw_entries_checksum"],
            sqlite.Query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"));
    }

    [Theory]
    [InlineData(1, 10_000, 4_000_000)]
    [InlineData(2, 77, 0)]
    [InlineData(3, 400, 900)]
    public void Whatever_is_loaded_in_whatever_order_the_tables_are_those_of_PostgreSQL(int seed, int mergeRows, long maxRemembered)
    {
        Generate("one", seed, 700);
        Generate("two", seed + 10, 300);
        string[] one = File.ReadAllLines(_runs["one/entries.jsonl"]);
        _runs.Write("again.jsonl", string.Join('\n', one.Reverse().Take(200).Concat(File.ReadLines(_runs["two/entries.jsonl"]).Take(100))));
        _runs.Write("catalog.toml", "[[source]]\nid = \"sample\"\nname = \"It\"\nlanguages = [\"de\", \"gr\\\"c\"]\nquality = 0.25\n[[source]]\nid = \"z\"\nversion = \"1\"\n");
        EntryTables postgres = new(PostgresServer.Shared);
        SqliteEntryTables sqlite = new(_runs["a.db"]);
        LexiconOptions any = _runs.Options("one/entries.jsonl") with { CleanBatch = 50 };
        LexiconOptions[] loads =
        [
            any,
            any,
            any with { Path = _runs["again.jsonl"], Catalog = SourceCatalog.Read(_runs["catalog.toml"]) },
            any with { Path = _runs["two/entries.jsonl"], Source = "other", Policy = new EntryPolicy(85) },
            any with { Path = _runs["two/entries.jsonl"], Policy = new EntryPolicy(100, AllowsDuplicates: true) },
        ];
        Random random = new(seed);
        random.Shuffle(loads);

        foreach (LexiconOptions load in loads)
        {
            Assert.Equal(postgres.Load(_runs, load, mergeRows, maxRemembered), sqlite.Load(_runs, load, maxRemembered));
            Assert.Equal(postgres.Portable, sqlite.Portable);
        }
    }

    [Fact]
    public void Records_are_stored_unchanged()
    {
        string[] records =
        [
            """{"word":"a\u0000b","lang_code":"de","x":1e999,"x":-0}""",
            """{ "word" : "\ud83d\ude00",  "lang_code":"de" , "\u0000":[[],{}] }""",
            """{"word":"long","lang_code":"de","x":"@"}""".Replace("@", new string('y', 300_000), StringComparison.Ordinal),
        ];
        _runs.Write("a.jsonl", string.Join("  \r\n \t", records));
        SqliteEntryTables tables = new(_runs["a.db"]);

        Assert.Equal(3, tables.Load(_runs, _runs.Options("a.jsonl")).Loaded);
        Assert.Equal(records, tables.Query("SELECT raw_data FROM raw_entries ORDER BY id"));
        Assert.Equal(["ab"], tables.Query("SELECT json_extract(raw_data, '$.lang_code') || '' || headword FROM entries JOIN raw_entries r ON r.id = raw_id LIMIT 1").Select(l => l[2..]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Summaries_and_dictionaries_may_lie_in_one_file(bool dictionaryFirst)
    {
        File.Copy(Path.Combine(Sample, "entries.jsonl"), _runs["a.jsonl"]);
        SqliteEntryTables alone = new(_runs["alone.db"]);
        alone.Load(_runs, _runs.Options("a.jsonl"));
        SqliteEntryTables both = new(_runs["both.db"]);
        if (dictionaryFirst)
        {
            both.Load(_runs, _runs.Options("a.jsonl"));
        }

        await new SqliteSink(both.Path).IngestAsync(new SummaryBatch().Row("u1", "2024-01-01", 1, (Category.Sleep, "Sleep: 8 h.")));
        if (!dictionaryFirst)
        {
            both.Load(_runs, _runs.Options("a.jsonl"));
        }

        Assert.Equal(alone.Portable, both.Portable);
        Assert.StartsWith("u1 2024-01-01 ", SqliteFile.Dump(both.Path));
        Assert.Equal(["2"], both.Query("SELECT count(*) FROM ingest_runs"));
        Assert.Equal(59, both.Reprocess(new EntryPolicy()).Result.Unchanged);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_ends_early_leaves_nothing(bool isMerge)
    {
        File.Copy(Path.Combine(Sample, "entries.jsonl"), _runs["a.jsonl"]);
        SqliteEntryTables tables = new(_runs["a.db"]);
        if (isMerge)
        {
            tables.Load(_runs, _runs.Options("a.jsonl"));
        }

        string[] before = isMerge ? tables.Portable : [];
        using CancellationTokenSource stop = new();
        CancellingSink sink = new(new SqliteEntrySink(tables.Path), stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            LexiconIngest.RunAsync(_runs.Options("a.jsonl") with { CleanBatch = 10, Source = "other" }, [sink], new LexiconGauges(), null, stop.Token));
        await sink.DisposeAsync();

        Assert.Equal(isMerge, File.Exists(tables.Path));
        Assert.Empty(Directory.GetFiles(_runs.Folder, "*.partial"));
        Assert.Equal(before, isMerge ? tables.Portable : []);
    }

    [Fact]
    public void A_full_disk_is_reported_and_leaves_the_file_unchanged()
    {
        File.Copy(Path.Combine(Sample, "entries.jsonl"), _runs["a.jsonl"]);
        SqliteTuning small = new() { PageBytes = 4096, PagesMax = 30, CacheBytes = 1 << 16, IndexCacheBytes = 1 << 16 };

        IngestException fault = Assert.Throws<IngestException>(() => _runs.Run(_runs.Options("a.jsonl"), new SqliteEntrySink(_runs["a.db"], small, long.MaxValue)));

        Assert.Equal($"{_runs["a.db"]} cannot be written: the disk is full.", fault.Message);
        SqliteEntryTables tables = new(_runs["b.db"]);
        tables.Load(_runs, _runs.Options("a.jsonl"));
        string[] before = tables.Portable;
        fault = Assert.Throws<IngestException>(() => _runs.Run(
            _runs.Options("a.jsonl") with { Source = "other" }, new SqliteEntrySink(tables.Path, small, long.MaxValue)));
        Assert.EndsWith("the disk is full.", fault.Message);
        Assert.Equal(before, tables.Portable);
    }

    public static TheoryData<string, string> Foreign => new()
    {
        { "CREATE TABLE entries (id TEXT); PRAGMA user_version = 1", "did not make" },
        { "CREATE TABLE notes (id TEXT)", "did not make" },
        { "UPDATE @; PRAGMA user_version = 3", "newer version" },
        { "UPDATE @; PRAGMA user_version = 0", "did not make" },
        { "UPDATE @; DROP TABLE data_sources", "no table data_sources of version 2" },
        { "UPDATE @; ALTER TABLE raw_entries ADD COLUMN mine TEXT", "no table raw_entries of version 2" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Databases_of_others_and_of_other_versions_are_left_as_they_are(string made, string said)
    {
        File.Copy(Path.Combine(Sample, "entries.jsonl"), _runs["a.jsonl"]);
        SqliteEntryTables tables = new(_runs["a.db"]);
        foreach (string statement in made.Split("; "))
        {
            if (statement.StartsWith("UPDATE", StringComparison.Ordinal))
            {
                tables.Load(_runs, _runs.Options("a.jsonl"));
            }
            else
            {
                tables.Query(statement);
            }
        }

        byte[] before = File.ReadAllBytes(tables.Path);

        Assert.Contains(said, Assert.Throws<IngestException>(() => tables.Load(_runs, _runs.Options("a.jsonl"))).Message, StringComparison.Ordinal);
        Assert.Contains(said, Assert.Throws<IngestException>(() => tables.Reprocess(new EntryPolicy())).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(tables.Path));
    }

    [Fact]
    public void A_locked_database_is_reported()
    {
        File.Copy(Path.Combine(Sample, "entries.jsonl"), _runs["a.jsonl"]);
        SqliteEntryTables tables = new(_runs["a.db"]);
        tables.Load(_runs, _runs.Options("a.jsonl"));
        SqliteTuning hasty = new() { BusyTimeoutMs = 50 };
        using SqliteFile other = new(tables.Path);
        other.Query("BEGIN IMMEDIATE");

        IngestException load = Assert.Throws<IngestException>(() => _runs.Run(_runs.Options("a.jsonl"), new SqliteEntrySink(tables.Path, hasty, 0)));

        Assert.EndsWith("is locked by another program.", load.Message);
        other.Query("COMMIT");
    }

    private void Generate(string folder, int seed, int entries) => EntryGenerator.Generate(
        new EntryOptions { Directory = _runs[folder], Entries = entries, MeanBytes = 900, Seed = (ulong)seed, QuirkRate = 0.1 }, null, CancellationToken.None);
}
