using FastIngest.Health;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Entries;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Tests.Storage;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>After <c>reprocess</c>, the entries of a SQLite file equal those of a load into a new file, whatever happened to them before.</summary>
public sealed class EntrySqliteReprocessTests : IDisposable
{
    private readonly EntryRuns _runs = new();
    private readonly SqliteEntryTables _tables;

    public EntrySqliteReprocessTests()
    {
        // The sample, records that differ from an earlier one only in the etymology, and one record below the minimum quality.
        string[] lines = File.ReadAllLines(Path.Combine(RepositoryFolder.Tests, "data", "lexicon", "entries.jsonl"));
        string[] alike = [.. Enumerable.Range(0, 40).Select(i =>
            $$$"""{"word":"alike{{{i % 7}}}","lang_code":"de","etymology_text":"number {{{i}}}","senses":[{"glosses":["one of those"]}]}""")];
        _runs.Write("a.jsonl", string.Join('\n', (string[])[.. alike[..20], .. lines, .. alike[20..]]));
        _tables = new SqliteEntryTables(_runs["a.db"]);
    }

    public static TheoryData<string, int> Damages => new()
    {
        { "UPDATE entries SET headword = headword || 'x' WHERE raw_id % 3 = 0", 3 },
        { "UPDATE entries SET etymology = NULL, quality = 0.1, errors = '[\"ipa_long\"]'", 5 },
        { "UPDATE entries SET quality = 'good', id = upper(id)", 5 },
        { "DELETE FROM entries WHERE raw_id % 2 = 0", 10_000 },
        { "UPDATE entries SET duplicate_key = (SELECT max(duplicate_key) FROM entries)", 1 },
        {
            "UPDATE OR REPLACE entries SET raw_id = (SELECT r.id FROM raw_entries r WHERE r.raw_data LIKE '%\"number ' || (21 + substr(headword, -1)) || '\"%') WHERE headword LIKE 'alike%'", 4
        },
        {
            "DELETE FROM entries WHERE raw_id < 30; INSERT INTO entries SELECT 'made' || r.id, r.source_id, r.id, 'w', 'w', 'de', NULL, NULL, NULL, NULL, 1, '[]', 'old', randomblob(16), '' "
                + "FROM raw_entries r WHERE NOT EXISTS (SELECT 1 FROM entries x WHERE x.raw_id = r.id)", 2
        },
        { "DROP INDEX entries_duplicate_key; DROP INDEX entries_id; DELETE FROM entries WHERE raw_id % 2 = 1", 3 },
    };

    private LexiconOptions Options => _runs.Options("a.jsonl");

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void What_is_right_is_left_alone()
    {
        EntryResult loaded = _tables.Load(_runs, Options);
        List<string> before = _tables.Query("SELECT updated_at, * FROM entries ORDER BY raw_id");

        (EntryResult result, long removed) = _tables.Reprocess(new EntryPolicy());

        Assert.Equal(loaded with { Written = 0, Repeated = 0, Unchanged = loaded.Written }, result);
        Assert.Equal(0, removed);
        Assert.Equal(before, _tables.Query("SELECT updated_at, * FROM entries ORDER BY raw_id"));
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void What_is_wrong_is_put_right_as_the_dry_run_predicted(string damage, int mergeRows)
    {
        EntryResult loaded = _tables.Load(_runs, Options);
        string[] all = _tables.Portable;
        Damage(damage);
        string[] damaged = _tables.Portable;
        (EntryResult Result, long Removed) foretold = _tables.Reprocess(new EntryPolicy(), isDryRun: true);
        Assert.Equal(damaged, _tables.Portable);

        (EntryResult Result, long Removed) done = _tables.Reprocess(new EntryPolicy(), mergeRows);

        Assert.Equal(foretold, done);
        Assert.Equal(all, _tables.Portable);
        Assert.Equal(loaded with { Written = done.Result.Written, Unchanged = done.Result.Unchanged, Repeated = 0 }, done.Result);
        Assert.Equal(["ok"], _tables.Query("PRAGMA integrity_check"));
        Assert.Equal(["4"], _tables.Query("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"));
    }

    [Fact]
    public void Entries_of_older_rules_that_would_be_the_same_become_todays_and_no_other_thing_changes()
    {
        _tables.Load(_runs, Options);
        string[] all = _tables.Portable;
        List<string> times = _tables.Query("SELECT updated_at FROM entries ORDER BY raw_id");
        Damage("UPDATE entries SET pipeline_version = 'of old' WHERE raw_id % 2 = 0");

        Assert.Equal(0, _tables.Reprocess(new EntryPolicy()).Result.Written);
        Assert.Equal(all, _tables.Portable);
        Assert.Equal(times, _tables.Query("SELECT updated_at FROM entries ORDER BY raw_id"));
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(85, false)]
    [InlineData(10, true)]
    [InlineData(50, true)]
    public void Another_choice_of_entries_gives_what_a_load_by_it_gives(int minQuality, bool allowsDuplicates)
    {
        EntryPolicy policy = new(minQuality, allowsDuplicates);
        SqliteEntryTables other = new(_runs["b.db"]);
        EntryResult expected = other.Load(_runs, Options with { Policy = policy });
        EntryResult first = _tables.Load(_runs, Options);
        string[] all = _tables.Portable;

        EntryResult result = _tables.Reprocess(policy, 7).Result;

        Assert.Equal(other.Portable, _tables.Portable);
        Assert.Equal(expected.BelowQuality, result.BelowQuality);
        Assert.Equal(expected.Duplicate, result.Duplicate);
        Assert.Equal(first.Duplicate, _tables.Reprocess(new EntryPolicy(), 7).Result.Duplicate);
        Assert.Equal(all, _tables.Portable);
    }

    [Fact]
    public async Task An_interrupted_run_continues_where_it_stopped()
    {
        _tables.Load(_runs, Options);
        string[] entries = _tables.Entries;
        Damage("UPDATE entries SET headword = 'wrong'");
        await EntryRuns.EndReprocessAsync(new SqliteEntryStore(_tables.Path), afterWritten: 30);

        string noted = _tables.Query("SELECT reprocess_position FROM data_sources")[0];
        EntryResult result = _tables.Reprocess(new EntryPolicy()).Result;

        Assert.Equal(entries, _tables.Entries);
        Assert.Equal(_tables.Query($"SELECT count(*) FROM raw_entries WHERE {noted} IS NULL OR id > {noted}").Select(long.Parse).Single(), result.Loaded);
        Assert.Equal(["NULL NULL"], _tables.Query("SELECT reprocess_position, reprocess_rules FROM data_sources"));
    }

    [Fact]
    public async Task No_other_run_comes_between_and_readers_may_look_until_something_changes()
    {
        _tables.Load(_runs, Options);
        SqliteEntryStore database = new(_tables.Path);
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await database.BeginAsync("sample", "rules", TestContext.Current.CancellationToken);
        using IStoredRecords records = await database.ReadAsync("sample", 0, TestContext.Current.CancellationToken);
        Assert.True(records.MoveNext());
        SqliteTuning hasty = new() { BusyTimeoutMs = 50 };

        IngestException load = Assert.Throws<IngestException>(() => _runs.Run(Options, new SqliteEntrySink(_tables.Path, hasty, 0)));

        Assert.EndsWith("is locked by another program.", load.Message);
        Assert.NotEmpty(_tables.Query("SELECT 1 FROM entries"));
        records.Dispose();
        await database.DisposeAsync();
        Assert.Equal(0, _tables.Load(_runs, Options).Loaded);
    }

    [Fact]
    public void A_missing_database_or_source_is_reported()
    {
        Assert.EndsWith("a.db does not exist.", Assert.Throws<IngestException>(() => _tables.Reprocess(new EntryPolicy())).Message, StringComparison.Ordinal);

        _tables.Load(_runs, Options);

        IngestException fault = Assert.Throws<IngestException>(() => _tables.Reprocess(new EntryPolicy(), 10, "simple"));
        Assert.Contains("has no source simple", fault.Message, StringComparison.Ordinal);
        Assert.Contains("sample", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_summaries_alone_holds_no_dictionary()
    {
        await new SqliteSink(_tables.Path).IngestAsync(new SummaryBatch().Row("u1", "2024-01-01", 1, (Category.Sleep, "Sleep.")));

        Assert.EndsWith("holds no dictionary; nothing was changed.", Assert.Throws<IngestException>(() => _tables.Reprocess(new EntryPolicy())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validation_finds_what_reprocess_would_change()
    {
        _tables.Load(_runs, Options);
        Damage("UPDATE entries SET definition = 'wrong' WHERE headword = 'Fuchs'; UPDATE raw_entries SET raw_data = '{}' WHERE id = 1");
        SqliteEntryStore database = new(_tables.Path);

        ValidationReport report = await LexiconValidate.RunAsync(database, null, 3, 2, new LexiconGauges(), null, TestContext.Current.CancellationToken);

        await database.DisposeAsync();
        Assert.Equal(1, report.Findings.Single(f => f.Name == LexiconValidate.Outdated).Count);
        Assert.Equal(1, report.Findings.Single(f => f.Name == LexiconValidate.Unfounded).Count);
    }

    private void Damage(string statements)
    {
        foreach (string statement in statements.Split("; "))
        {
            _tables.Query(statement);
        }
    }
}
