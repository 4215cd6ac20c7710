using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Tests.Storage.Postgres;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>
/// Dictionaries in PostgreSQL: the tables hold the same entries as the NDJSON output, and each record once, whichever way
/// they are loaded.
/// </summary>
public sealed class EntryPostgresTests
{
    private static readonly string Sample = Path.Combine(RepositoryFolder.Tests, "data", "lexicon");

    /// <summary>Directly into the tables; through staging from the first record; through staging from the middle on, 7 records at a time.</summary>
    public static TheoryData<int, long> Ways => new() { { 10_000, long.MaxValue }, { 10_000, 0 }, { 7, 0 }, { 7, 90 }, { 1, 0 } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_sample_is_stored_as_it_is_printed(int mergeRows, long maxRemembered)
    {
        EntryTables tables = new(PostgresServer.Shared);
        using EntryRuns runs = new();
        File.Copy(Path.Combine(Sample, "entries.jsonl"), runs["a.jsonl"]);
        EntryResult printed = runs.Print(runs.Options("a.jsonl")).Result;

        EntryResult result = tables.Load(runs, runs.Options("a.jsonl") with { CleanBatch = 10 }, mergeRows, maxRemembered);

        Assert.Equal(printed, result);
        Assert.Equal(File.ReadAllText(Path.Combine(Sample, "expected.ndjson")), tables.Ndjson);
        Assert.Equal(61, tables.Raw.Length);
    }

    [Fact]
    public void A_second_run_adds_nothing_and_a_file_that_grew_adds_what_is_new()
    {
        EntryTables tables = new(PostgresServer.Shared);
        using EntryRuns runs = new();
        string[] lines = File.ReadAllLines(Path.Combine(Sample, "entries.jsonl"));
        runs.Write("a.jsonl", string.Join('\n', lines[..40]));
        tables.Load(runs, runs.Options("a.jsonl"));
        string[] entries = tables.Entries;

        EntryResult second = tables.Load(runs, runs.Options("a.jsonl"));

        Assert.Equal(EntryResult.Zero with { Repeated = 40 }, second);
        Assert.Equal(entries, tables.Entries);

        runs.Write("a.jsonl", string.Join('\n', lines));
        EntryResult third = tables.Load(runs, runs.Options("a.jsonl"), mergeRows: 9);

        Assert.Equal(21, third.Loaded);
        Assert.Equal(File.ReadAllText(Path.Combine(Sample, "expected.ndjson")), tables.Ndjson);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void Of_entries_that_are_alike_the_first_stays_unless_all_may(long maxRemembered)
    {
        using EntryRuns runs = new();
        runs.Write("a.jsonl", """
            {"word":"a","lang_code":"de","etymology_text":"first","senses":[{"glosses":["one"]}]}
            {"word":"a","lang_code":"de","etymology_text":"second","senses":[{"glosses":["one"]}]}
            {"word":"a","lang_code":"de","senses":[{"glosses":["two"]}]}
            {"word":"a","lang_code":"de","etymology_text":"second","senses":[{"glosses":["one"]}]}
            """);
        EntryTables once = new(PostgresServer.Shared);
        EntryTables all = new(PostgresServer.Shared);

        EntryResult first = once.Load(runs, runs.Options("a.jsonl"), 10, maxRemembered);
        EntryResult every = all.Load(runs, runs.Options("a.jsonl") with { Policy = new EntryPolicy(AllowsDuplicates: true) }, 10, maxRemembered);

        Assert.Equal(new EntryResult(3, 1, 2, 0, 1, 0, 0), first);
        Assert.Equal(["one first", "two NULL"], once.Query("SELECT definition, etymology FROM {0}.entries ORDER BY raw_id"));
        Assert.Equal(new EntryResult(3, 1, 3, 0, 0, 0, 0), every);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void Records_are_stored_unchanged(long maxRemembered)
    {
        // U+0000 as an escape, a huge number, a repeated key, inner blanks.
        string[] records =
        [
            """{"word":"a\u0000b","lang_code":"de","x":1e999,"x":-0}""",
            """{ "word" : "\ud83d\ude00",  "lang_code":"de" , "\u0000":[[],{}] }""",
            """{"word":"long","lang_code":"de","x":"@"}""".Replace("@", new string('y', 300_000), StringComparison.Ordinal),
        ];
        using EntryRuns runs = new();
        runs.Write("a.jsonl", string.Join("  \r\n \t", records));
        EntryTables tables = new(PostgresServer.Shared);

        EntryResult result = tables.Load(runs, runs.Options("a.jsonl"), 10_000, maxRemembered);

        Assert.Equal(3, result.Loaded);
        Assert.Equal(records, tables.Query("SELECT raw_data FROM {0}.raw_entries ORDER BY id"));
        Assert.Equal("ab", tables.Query("SELECT headword FROM {0}.entries ORDER BY raw_id")[0]);
    }

    [Fact]
    public void Sources_are_apart_and_a_catalog_says_what_they_are()
    {
        using EntryRuns runs = new();
        runs.Write("a.jsonl", """{"word":"a","lang_code":"de","senses":[{"glosses":["one"]}]}""");
        runs.Write("catalog.toml", """
            # our dictionaries
            [[source]]
            id = "sample"
            name = 'The "sample"'
            languages = ["de", # German
                         "grc"]
            quality = 0.9

            [[source]]
            id = "other"
            url = "https://example.org/\u00e4"
            """);
        EntryTables tables = new(PostgresServer.Shared);

        tables.Load(runs, runs.Options("a.jsonl") with { Catalog = SourceCatalog.Read(runs["catalog.toml"]) });
        EntryResult other = tables.Load(runs, runs.Options("a.jsonl") with { Source = "third" });

        Assert.Equal(1, other.Written);
        Assert.Equal(
            ["other NULL https://example.org/\u00e4 NULL NULL", "sample The \"sample\" NULL de,grc 0.9", "third NULL NULL NULL NULL"],
            tables.Query("SELECT source_id, name, url, array_to_string(languages, ','), quality FROM {0}.data_sources ORDER BY source_id"));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_leaves_nothing()
    {
        EntryTables tables = new(PostgresServer.Shared);
        using EntryRuns runs = new();
        File.Copy(Path.Combine(Sample, "entries.jsonl"), runs["a.jsonl"]);
        using CancellationTokenSource stop = new();
        CancellingSink sink = new(tables.Sink(), stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            LexiconIngest.RunAsync(runs.Options("a.jsonl") with { CleanBatch = 10 }, [sink], new LexiconGauges(), null, stop.Token));
        await sink.DisposeAsync();

        Assert.Equal(["0"], PostgresServer.Shared.Query($"SELECT count(*) FROM pg_namespace WHERE nspname = {PostgresNames.Literal(tables.Schema)}"));
        Assert.Empty(runs.Rejects);
    }
}
