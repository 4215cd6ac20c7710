using System.Diagnostics;

namespace HealthIngestion.Tests;

/// <summary>How a run is watched: lines in a pipe, bars on a terminal.</summary>
public sealed class ProgressTests(GeneratedData data)
{
    [Fact]
    public void Every_file_gets_a_line_at_its_end()
    {
        using Workplace place = Workplace.WithData();

        string[] lines = HealthIngestionProcess.Run(place.Directory, "data").ErrorLines;

        Assert.Contains(lines, l => l.StartsWith("read users.json: ", StringComparison.Ordinal) && l.EndsWith(", 2 records", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("read heart_rate.ndjson: ", StringComparison.Ordinal) && l.EndsWith(", 6 records", StringComparison.Ordinal));
    }

    [Fact]
    public void Many_files_get_a_line_a_category()
    {
        using Workplace place = Workplace.WithData();
        for (int i = 10; i < 40; i++)
        {
            File.Copy(place["data/heart_rate.ndjson"], place[$"data/heart_rate-{i}.ndjson"]);
        }

        string[] lines = HealthIngestionProcess.Run(place.Directory, "data").ErrorLines;

        string[] told = [.. lines.Where(l => l.StartsWith("read ", StringComparison.Ordinal))];
        Assert.Equal(2, told.Length);
        Assert.StartsWith("read users.json: ", told[0], StringComparison.Ordinal);
        Assert.StartsWith("read 31 files of heart_rate: ", told[1], StringComparison.Ordinal);
        Assert.EndsWith(", 186 records", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_run_tells_its_pace_every_two_seconds()
    {
        using Workplace place = Workplace.Empty();

        Stopwatch time = Stopwatch.StartNew();
        string[] lines = UntilTold(place, 2, l => l.EndsWith(" left", StringComparison.Ordinal) || l.StartsWith("writing summaries: ", StringComparison.Ordinal), data.Directory, "--to", "ndjson:-", "--progress", "plain");

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(4), "The lines came too soon.");
        Assert.DoesNotContain(lines, l => l.Contains('\x1b', StringComparison.Ordinal));
    }

    [Fact]
    public void Without_progress_only_the_closing_words_remain()
    {
        using Workplace place = Workplace.WithData();

        string error = HealthIngestionProcess.Run(place.Directory, "data", "--progress", "none").Error;

        Assert.DoesNotContain("read users.json", error, StringComparison.Ordinal);
        Assert.Contains("balance: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_vanish_and_leave_the_closing_tables()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.RunOnTerminal(place.Directory, [], $"'{data.Directory}'");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("━", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("records/s", outcome.Output, StringComparison.Ordinal);
        Screen screen = Screen.Of(outcome.Output);
        Assert.True(screen.IsCursorShown);
        Assert.DoesNotContain(screen.Lines, l => l.Contains('━', StringComparison.Ordinal));
        Assert.StartsWith("╭", screen.Lines.First(l => l.Length > 0 && !l.StartsWith("warning", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Single(screen.Lines, l => l.StartsWith("balance: ", StringComparison.Ordinal));

        // Sentences are not broken, because a command in them is to be copied.
        Assert.All(screen.Lines.Where(l => l.StartsWith('│') || l.StartsWith('╭') || l.StartsWith('╰')), l => Assert.InRange(l.Length, 0, 100));
    }

    [Fact]
    public void A_fault_on_a_terminal_is_one_line_under_nothing()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.RunOnTerminal(place.Directory, [], "data --to sqlite:no/such/directory/a.db");

        Assert.Equal(1, outcome.ExitCode);
        string line = Assert.Single(Screen.Of(outcome.Output).Lines, l => l.Length > 0);
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void NO_COLOR_is_obeyed()
    {
        using Workplace place = Workplace.WithData();

        string plain = HealthIngestionProcess.RunOnTerminal(place.Directory, [("NO_COLOR", "1")], "data").Output;
        string colored = HealthIngestionProcess.RunOnTerminal(place.Directory, [], "data").Output;

        Assert.DoesNotContain("\x1b[38;5", plain, StringComparison.Ordinal);
        Assert.Contains("\x1b[38;5", colored, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_progress_on_a_terminal_draws_no_bars()
    {
        using Workplace place = Workplace.WithData();

        string output = HealthIngestionProcess.RunOnTerminal(place.Directory, [], "data --progress plain").Output;

        Assert.DoesNotContain("━", output, StringComparison.Ordinal);
        Assert.Contains("read users.json", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ingest --source w --file words/entries.jsonl --to sqlite:b.db", "loaded ", "rejected ")]
    [InlineData("reprocess --to sqlite:a.db", "passed ", "unchanged")]
    [InlineData("validate --to sqlite:a.db", "passed ", "unchanged")]
    public void The_stages_of_a_dictionary_are_bars_on_a_terminal(string command, params string[] told)
    {
        using Workplace place = Words(20_000);

        Outcome outcome = HealthIngestionProcess.RunOnTerminal(place.Directory, [], command);

        Assert.Equal(0, outcome.ExitCode);
        foreach (string text in (string[])["raw queue", "cleaned queue", "written", "below quality", "records/s", .. told])
        {
            Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
        }

        Screen screen = Screen.Of(outcome.Output);
        Assert.True(screen.IsCursorShown);
        Assert.DoesNotContain(screen.Lines, l => l.Contains('━', StringComparison.Ordinal));
    }

    [Fact]
    public void The_stages_of_a_dictionary_are_lines_elsewhere()
    {
        using Workplace place = Words(5_000);

        string[] lines = UntilTold(place, 1, l => l.Contains("; queues raw ", StringComparison.Ordinal), "ingest", "--source", "w", "--file", "words/entries.jsonl", "--to", "ndjson:-");

        Assert.DoesNotContain(lines, l => l.Contains('\x1b', StringComparison.Ordinal));
        Assert.Matches("""^ +\d+%  .*read .*/s, cleaned .*/s, stored .*/s; loaded [\d,]+, repeated [\d,]+, written [\d,]+, below quality \d+, rejected \d+; queues raw \d+, cleaned \d+ of \d+$""", lines[^1]);
    }

    /// <summary>Runs without reading its output, which holds it up for good, until so many lines of a kind were written on standard error; then the run must come to its end.</summary>
    /// <returns>The lines up to the last of that kind.</returns>
    private static string[] UntilTold(Workplace place, int count, Func<string, bool> isOne, params string[] arguments)
    {
        using Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], arguments);
        List<string> lines = [];
        while (lines.Count(isOne) < count)
        {
            string? line = process.StandardError.ReadLine();
            Assert.True(line is not null, string.Join('\n', lines));
            lines.Add(line);
        }

        Assert.Equal(0, HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode);
        return [.. lines];
    }

    private static Workplace Words(int entries)
    {
        Workplace place = Workplace.Empty();
        foreach (string[] arguments in new string[][]
        {
            ["generate", "words", "--kind", "lexicon", "--entries", $"{entries}", "--quiet"],
            ["ingest", "--source", "w", "--file", "words/entries.jsonl", "--to", "sqlite:a.db", "--quiet"],
        })
        {
            Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, arguments).ExitCode);
        }

        return place;
    }
}
