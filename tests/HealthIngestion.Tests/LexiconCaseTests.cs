namespace HealthIngestion.Tests;

/// <summary>Dictionaries as people have them, with the outcome that they expect; the folders are in tests/data/lexicon/cases.</summary>
public sealed class LexiconCaseTests
{
    private static readonly string Cases = Path.Combine(Repository.Root, "tests", "data", "lexicon", "cases");

    [Fact]
    public void Symbols_are_headwords_and_formulas_are_glosses()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = Print(place, Path.Combine(Cases, "k_words", "d.jsonl"));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            ["*", "†", "( )", "(", ":)", "A(B)C", "*ḱlewos", "кот", "ไทย", "नमस्ते", "𒀀", "می\u200Cخواهم", "cat", "cmn"],
            outcome.Output.Split('\n').Where(l => l.Length > 0).Select(l => l.Split("\"headword\": \"")[1].Split('"')[0]));
        Assert.Contains("\"x<y and a>b relation | see and bold\"", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\"<= 3 and > 2 items\"", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_stopped_is_said_to_be_cut_off()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = Print(place, Path.Combine(Cases, "k_truncgz", "d.jsonl.gz"));

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("it is cut off at byte 110", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("d.jsonl.zst")]
    [InlineData("d.jsonl.bz2")]
    [InlineData("d.jsonl")]
    public void Compressed_dictionaries_are_read(string name)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = Print(place, Path.Combine(Cases, "k_zst", name));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("\"definition\": \"first one\"", outcome.Output, StringComparison.Ordinal);
    }

    /// <summary>tatuylonen/wiktextract#536: "feel up to" is a redirect page. #287: a soft redirect of Chinese without pos.</summary>
    [Fact]
    public void Redirects_are_rows_and_the_balance_counts_them_apart()
    {
        using Workplace place = Workplace.Empty();
        string file = Write(place, """
            {"title": "feel up to", "redirect": "feel up to something"}
            {"lang": "Chinese", "lang_code": "zh", "redirects": ["處"], "word": "䖏"}
            {"word": "a", "lang_code": "en", "pos": "noun", "senses": [{"glosses": ["A letter."]}]}
            """);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "ingest", "--source", "s", "--file", file, "--to", "ndjson:-");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("3 loaded = 1 written + 2 redirects + 0 unchanged", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("\"definition\": \"feel up to something\"", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[\n{\"word\": \"a\"},\n", "--format json")]
    [InlineData("{\"user_id\": \"u\", \"value\": 1}\n", "none has a field word or headword")]
    [InlineData("{\"word\": \"a\"}\n", "none has a field lang_code, lang or language")]
    public void A_file_without_an_entry_ends_with_3_and_the_likeliest_cause(string text, string cause)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "ingest", "--source", "s", "--file", Write(place, text), "--to", "ndjson:-");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(cause, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_web_page_is_said_to_be_that()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "ingest", "--source", "s", "--file", Write(place, "<!DOCTYPE html>\n<html></html>\n"), "--to", "ndjson:-");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is an HTML page", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    private static string Write(Workplace place, string text)
    {
        File.WriteAllText(place["d.jsonl"], text);
        return place["d.jsonl"];
    }

    private static Outcome Print(Workplace place, string file) =>
        HealthIngestionProcess.Run(place.Directory, "ingest", "--source", "s", "--file", file, "--to", "ndjson:-", "--quiet");
}
