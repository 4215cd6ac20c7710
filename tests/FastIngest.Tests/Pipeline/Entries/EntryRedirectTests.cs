using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using FastIngest.Tests.Storage.Postgres;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>Records that only point to another entry are kept as rows of that kind, and counted apart.</summary>
public sealed class EntryRedirectTests : IDisposable
{
    /// <summary>
    /// The forms that wiktextract writes: of the English edition, with pos since tatuylonen/wiktextract#471, of #287 without pos, and
    /// of the Chinese edition (#474) with a sense that has no gloss. The last two are ordinary entries.
    /// </summary>
    private static readonly string[] Lines =
    [
        """{"title": "feel up to", "redirect": "feel up to something"}""",
        """{"title": "Unsupported titles/Less than three", "redirect": "<3", "pos": "hard-redirect"}""",
        """{"lang": "Chinese", "lang_code": "zh", "redirects": ["處"], "word": "䖏"}""",
        """{"lang": "漢語", "lang_code": "zh", "pos": "soft-redirect", "redirects": ["百均", "百元店", "百均"], "senses": [{"tags": ["no-gloss"]}], "word": "100均"}""",
        """{"word": "a", "lang_code": "en", "pos": "noun", "redirects": ["b"], "senses": [{"glosses": ["A letter."]}]}""",
        """{"word": "b", "lang_code": "en", "pos": "noun", "title": "t", "redirect": "", "senses": [{"glosses": ["A letter."]}]}""",
    ];

    private static readonly string[] Rows =
    [
        "feel up to und hard-redirect feel up to something 1r", "Unsupported titles/Less than three und hard-redirect <3 1r", "䖏 zh soft-redirect 處 1r",
        "100均 zh soft-redirect 百均 | 百元店 1r", "a en noun A letter. 1r", "b en noun A letter. 1r",
    ];

    private readonly EntryRuns _runs = new();

    public EntryRedirectTests() => _runs.Write("a.jsonl", string.Join('\n', Lines));

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void They_are_printed_as_entries()
    {
        (string output, EntryResult result, LexiconReport report) = _runs.Print(_runs.Options("a.jsonl"));

        Assert.Equal(new EntryResult(6, 0, 2, 0, 0, 0, 0, Redirects: 4), result);
        Assert.Equal((0, 0), (report.Rejected, report.Invalid));
        Assert.Contains("\"headword\": \"feel up to\"", output, StringComparison.Ordinal);
        Assert.Contains("\"pos\": \"hard-redirect\", \"ipa\": null, \"definition\": \"feel up to something\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_has_them_after_a_load_a_repeat_and_a_reprocess()
    {
        SqliteEntryTables tables = new(_runs["a.db"]);
        const string Query = "SELECT headword, language, pos, definition, quality FROM entries ORDER BY raw_id";

        Assert.Equal(new EntryResult(6, 0, 2, 0, 0, 0, 0, Redirects: 4), tables.Load(_runs, _runs.Options("a.jsonl")));
        Assert.Equal(Rows, tables.Query(Query));
        Assert.Equal(new EntryResult(0, 6, 0, 0, 0, 0, 0), tables.Load(_runs, _runs.Options("a.jsonl")));
        Assert.Equal((new EntryResult(6, 0, 0, 6, 0, 0, 0), 0), tables.Reprocess(new EntryPolicy()));
        tables.Query("UPDATE entries SET definition = 'x' WHERE raw_id IN (1, 5)");
        tables.Query("DELETE FROM entries WHERE raw_id = 3");
        Assert.Equal((new EntryResult(6, 0, 1, 3, 0, 0, 0, Redirects: 2), 0), tables.Reprocess(new EntryPolicy()));
        Assert.Equal(Rows, tables.Query(Query));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void A_server_has_them_after_a_load_a_repeat_and_a_reprocess(long maxRemembered)
    {
        EntryTables tables = new(PostgresServer.Shared);

        Assert.Equal(new EntryResult(6, 0, 2, 0, 0, 0, 0, Redirects: 4), tables.Load(_runs, _runs.Options("a.jsonl"), 2, maxRemembered));
        Assert.Equal(
            ["feel up to feel up to something", "Unsupported titles/Less than three <3", "䖏 處", "100均 百均 | 百元店"],
            tables.Query("SELECT headword, definition FROM {0}.entries WHERE pos IN ('hard-redirect', 'soft-redirect') ORDER BY raw_id"));
        Assert.Equal(new EntryResult(0, 6, 0, 0, 0, 0, 0), tables.Load(_runs, _runs.Options("a.jsonl"), 2, maxRemembered));
    }
}
