namespace HealthIngestion.Tests;

/// <summary>What a database holds does not depend on how often and in which pieces the input was read.</summary>
public sealed class RepeatTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("quirks")]
    public void The_same_input_twice_adds_a_run_and_nothing_else(string set)
    {
        using Workplace place = Workplace.Empty();
        Run(place, "a.db", Repository.Set(set));
        string once = Database.Dump(place["a.db"]);

        Run(place, "a.db", Repository.Set(set));

        Assert.Equal(once, Database.Dump(place["a.db"]));
        Assert.Equal(2, Database.Runs(place["a.db"]));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("quirks")]
    public void Categories_in_any_order_make_the_database_of_one_run_over_all(string set)
    {
        using Workplace place = Workplace.Empty();
        Run(place, "all.db", Repository.Set(set));
        string expected = Database.Dump(place["all.db"]);
        Random random = new(1);
        for (int i = 0; i < 5; i++)
        {
            // Files of one category go together: a day's records in two files are one reduction.
            string[][] categories = [.. Directory.GetFiles(Repository.Set(set))
                .Where(f => Path.GetFileName(f) != "expected.ndjson")
                .GroupBy(f => Path.GetFileName(f).Split('-', '.')[0])
                .Select(g => g.Order(StringComparer.Ordinal).ToArray())];
            random.Shuffle(categories);
            foreach (string[] files in categories)
            {
                Run(place, $"{i}.db", files);
            }

            Assert.Equal(expected, Database.Dump(place[$"{i}.db"]));
            Assert.Equal(categories.Length, Database.Runs(place[$"{i}.db"]));
        }
    }

    [Fact]
    public void Users_in_separate_runs_make_the_database_of_one_run_over_all()
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.Run(place.Directory, "generate", "lines", "--users", "4", "--days", "30", "--style", "ndjson");
        Run(place, "all.db", place["lines"]);

        // Even and odd users' records in separate files.
        foreach (int part in (int[])[1, 0])
        {
            string folder = place[$"part{part}"];
            Directory.CreateDirectory(folder);
            foreach (string file in Directory.GetFiles(place["lines"]))
            {
                File.WriteAllLines(
                    Path.Combine(folder, Path.GetFileName(file)),
                    File.ReadLines(file).Where(l => (l.Contains("\"user_000001\"", StringComparison.Ordinal) || l.Contains("\"user_000003\"", StringComparison.Ordinal)) == (part == 1)));
            }

            Run(place, "parts.db", folder);
        }

        Assert.Equal(Database.Dump(place["all.db"]), Database.Dump(place["parts.db"]));
    }

    private static void Run(Workplace place, string database, params string[] paths)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. paths, "--quiet", "--to", "sqlite:" + database]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
