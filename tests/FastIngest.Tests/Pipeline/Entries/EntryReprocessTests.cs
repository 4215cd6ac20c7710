using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Entries;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Tests.Storage.Postgres;
using Npgsql;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>After <c>reprocess</c>, the entries equal those of a load into empty tables, whatever happened to them before.</summary>
public sealed class EntryReprocessTests : IDisposable
{
    private readonly EntryRuns _runs = new();
    private readonly EntryTables _tables = new(PostgresServer.Shared);

    public EntryReprocessTests()
    {
        // The sample, records that differ from an earlier one only in the etymology, and one record below the minimum quality.
        string[] lines = File.ReadAllLines(Path.Combine(RepositoryFolder.Tests, "data", "lexicon", "entries.jsonl"));
        string[] alike = [.. Enumerable.Range(0, 40).Select(i =>
            $$$"""{"word":"alike{{{i % 7}}}","lang_code":"de","etymology_text":"number {{{i}}}","senses":[{"glosses":["one of those"]}]}""")];
        _runs.Write("a.jsonl", string.Join('\n', (string[])[.. alike[..20], .. lines, .. alike[20..]]));
    }

    private LexiconOptions Options => _runs.Options("a.jsonl");

    [Fact]
    public void What_is_right_is_left_alone()
    {
        EntryResult loaded = _tables.Load(_runs, Options);
        List<string> before = _tables.Query("SELECT xmin, ctid, * FROM {0}.entries ORDER BY raw_id");

        (EntryResult result, long removed) = Reprocess(new EntryPolicy());

        Assert.Equal(loaded with { Written = 0, Repeated = 0, Unchanged = loaded.Written }, result);
        Assert.Equal(0, removed);
        Assert.Equal(before, _tables.Query("SELECT xmin, ctid, * FROM {0}.entries ORDER BY raw_id"));
    }

    [Theory]
    [InlineData("UPDATE {0}.entries SET headword = headword || 'x' WHERE raw_id % 3 = 0", 3)]
    [InlineData("UPDATE {0}.entries SET etymology = NULL, quality = 0.1, errors = '{{ipa_long}}'", 5)]
    [InlineData("DELETE FROM {0}.entries WHERE raw_id % 2 = 0", 10_000)]
    [InlineData("UPDATE {0}.entries SET duplicate_key = (SELECT max(duplicate_key::text)::uuid FROM {0}.entries)", 1)]
    [InlineData("UPDATE {0}.entries e SET raw_id = r.id FROM {0}.raw_entries r WHERE e.headword LIKE 'alike%' AND r.raw_data::text LIKE '%\"number ' || (21 + right(e.headword, 1)::int) || '\"%'", 4)]
    [InlineData("DELETE FROM {0}.entries WHERE raw_id < 30; INSERT INTO {0}.entries SELECT gen_random_uuid(), e.source_id, r.id, 'w', 'w', 'de', NULL, NULL, NULL, NULL, 1, '{{}}', 'old', gen_random_uuid() FROM {0}.raw_entries r, (SELECT * FROM {0}.entries LIMIT 1) e WHERE NOT EXISTS (SELECT FROM {0}.entries x WHERE x.raw_id = r.id)", 2)]
    public void What_is_wrong_is_put_right(string damage, int mergeRows)
    {
        EntryResult loaded = _tables.Load(_runs, Options);
        string[] entries = _tables.Entries;
        _tables.Query(damage);

        (EntryResult result, _) = Reprocess(new EntryPolicy(), mergeRows);

        Assert.Equal(entries, _tables.Entries);
        Assert.Equal(loaded.Written, result.Written + result.Unchanged);
        Assert.Equal(loaded with { Written = result.Written, Unchanged = result.Unchanged, Repeated = 0 }, result);
    }

    /// <summary>Without statistics, the planner prefers the index of raw_id and then reads half of the table for each entry.</summary>
    [Fact]
    public void No_plan_finds_duplicates_by_the_places_of_their_records()
    {
        _tables.Load(_runs, Options);
        PostgresNames names = new(_tables.Schema);
        using NpgsqlConnection connection = PostgresServer.Shared.Connect();
        string prepare = $"BEGIN; {ReprocessStatements.Staging(names)}; DROP INDEX {names.QuotedSchema}.entries_duplicate_key; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off";
        using (NpgsqlCommand command = new(prepare, connection))
        {
            command.ExecuteNonQuery();
        }

        foreach (string statement in (string[])[ReprocessStatements.Choose(names, allowsDuplicates: false), ReprocessStatements.RemoveLater(names)])
        {
            using NpgsqlCommand explain = new("EXPLAIN " + statement, connection);
            using NpgsqlDataReader reader = explain.ExecuteReader();
            List<string> plan = [];
            while (reader.Read())
            {
                plan.Add(reader.GetString(0));
            }

            Assert.DoesNotContain(plan, l => l.Contains("Index Cond", StringComparison.Ordinal) && (l.Contains("raw_id <", StringComparison.Ordinal) || l.Contains("raw_id >", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Entries_of_older_rules_that_would_be_the_same_become_todays_and_no_other_thing_changes()
    {
        _tables.Load(_runs, Options);
        string[] entries = _tables.Entries;
        List<string> times = _tables.Query("SELECT updated_at FROM {0}.entries ORDER BY raw_id");
        _tables.Query("UPDATE {0}.entries SET pipeline_version = 'of old' WHERE raw_id % 2 = 0");

        (EntryResult result, _) = Reprocess(new EntryPolicy());

        Assert.Equal(0, result.Written);
        Assert.Equal(entries, _tables.Entries);
        Assert.Equal(times, _tables.Query("SELECT updated_at FROM {0}.entries ORDER BY raw_id"));
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(85, false)]
    [InlineData(10, true)]
    [InlineData(50, true)]
    public void Another_choice_of_entries_gives_what_a_load_by_it_gives(int minQuality, bool allowsDuplicates)
    {
        EntryPolicy policy = new(minQuality, allowsDuplicates);
        EntryTables other = new(PostgresServer.Shared);
        EntryResult expected = other.Load(_runs, Options with { Policy = policy });
        EntryResult first = _tables.Load(_runs, Options);
        string[] entries = _tables.Entries;

        (EntryResult result, _) = Reprocess(policy, 7);

        Assert.Equal(other.Entries, _tables.Entries);
        Assert.Equal(expected.BelowQuality, result.BelowQuality);
        Assert.Equal(expected.Duplicate, result.Duplicate);

        (EntryResult back, _) = Reprocess(new EntryPolicy(), 7);

        Assert.Equal(entries, _tables.Entries);
        Assert.Equal(first.Duplicate, back.Duplicate);
    }

    [Fact]
    public async Task An_interrupted_run_continues_where_it_stopped()
    {
        _tables.Load(_runs, Options);
        string[] entries = _tables.Entries;
        _tables.Query("UPDATE {0}.entries SET headword = 'wrong'");
        await EntryRuns.EndReprocessAsync(Database(), afterWritten: 30);

        string noted = _tables.Query("SELECT reprocess_position FROM {0}.data_sources")[0];
        (EntryResult result, _) = Reprocess(new EntryPolicy());

        Assert.Equal(entries, _tables.Entries);
        Assert.Equal(noted == "NULL" ? _tables.Raw.Length : _tables.Query($"SELECT count(*) FROM {{0}}.raw_entries WHERE id > {noted}").Select(long.Parse).Single(), result.Loaded);
        Assert.Equal(["NULL NULL"], _tables.Query("SELECT reprocess_position, reprocess_rules FROM {0}.data_sources"));
    }

    [Fact]
    public void A_missing_source_is_reported()
    {
        _tables.Load(_runs, Options);

        IngestException fault = Assert.Throws<IngestException>(() => Reprocess(new EntryPolicy(), 10, "simple"));

        Assert.Contains("has no source simple", fault.Message, StringComparison.Ordinal);
        Assert.Contains("sample", fault.Remedy, StringComparison.Ordinal);
    }

    public void Dispose() => _runs.Dispose();

    private PostgresEntryStore Database() =>
        new(PostgresServer.Shared.Url, _tables.Schema, new PostgresRetry(6, TimeSpan.FromMilliseconds(50)));

    private (EntryResult Result, long Removed) Reprocess(EntryPolicy policy, int mergeRows = 10_000, string? source = null)
    {
        PostgresEntryStore database = Database();
        try
        {
            ReprocessedSource done = Assert.Single(LexiconReprocess.RunAsync(
                database, new ReprocessOptions(source, policy, Workers: 3, CleanBatch: 4, mergeRows), new LexiconGauges(), null, TestContext.Current.CancellationToken).GetAwaiter().GetResult().Sources);
            return (done.Result, done.Removed);
        }
        finally
        {
            database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
