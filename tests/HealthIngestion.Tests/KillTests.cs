using System.Diagnostics;

namespace HealthIngestion.Tests;

/// <summary>kill -9 at any moment: the target is as before or as after, and the same command again sets everything right.</summary>
public sealed class KillTests(GeneratedData data)
{
    private const int Times = 30;

    [Fact]
    public void A_database_whose_building_is_killed_is_whole_or_not_there()
    {
        using Workplace place = Workplace.Empty();
        TimeSpan alone = Run(place, "sqlite:alone.db");
        string expected = Database.Dump(place["alone.db"]);
        Random random = new(1);
        int killed = 0;
        for (int i = 0; i < Times; i++)
        {
            killed += Kill(place, "sqlite:a.db", alone * random.NextDouble());
            if (place.Has("a.db"))
            {
                Assert.Equal(expected, Database.Dump(place["a.db"]));
            }

            Assert.Empty(place.Files().Except(["alone.db", "a.db", "a.db.partial"]));
            bool wasThere = place.Has("a.db");

            Run(place, "sqlite:a.db");

            Assert.Equal(expected, Database.Dump(place["a.db"]));
            Assert.Equal(wasThere ? 2 : 1, Database.Runs(place["a.db"]));
            Assert.Equal(["a.db", "alone.db"], place.Files());
            File.Delete(place["a.db"]);
        }

        Assert.InRange(killed, 1, Times);
    }

    [Fact]
    public void A_database_whose_merging_is_killed_is_as_before_or_as_after()
    {
        using Workplace place = Workplace.Empty();
        Run(place, "sqlite:before.db", Path.Combine(data.Medium, "sleep.json"), Path.Combine(data.Medium, "users.json"));
        string before = Database.Dump(place["before.db"]);
        File.Copy(place["before.db"], place["alone.db"]);
        TimeSpan alone = Run(place, "sqlite:alone.db");
        string after = Database.Dump(place["alone.db"]);
        Assert.NotEqual(before, after);
        Random random = new(2);
        int killed = 0;
        for (int i = 0; i < Times; i++)
        {
            File.Copy(place["before.db"], place["a.db"], overwrite: true);
            killed += Kill(place, "sqlite:a.db", alone * random.NextDouble());

            Assert.Empty(place.Files().Except(["alone.db", "a.db", "a.db-journal", "before.db"]));
            string now = Database.Dump(place["a.db"]);
            Assert.True(now == before || now == after, $"kill {i}: neither the old rows nor the new ones");

            Run(place, "sqlite:a.db");

            Assert.Equal(after, Database.Dump(place["a.db"]));
            Assert.Equal(["a.db", "alone.db", "before.db"], place.Files());
        }

        Assert.InRange(killed, 1, Times);
    }

    [Fact]
    public void Rows_in_a_file_appear_whole_or_not_at_all()
    {
        using Workplace place = Workplace.Empty();
        TimeSpan alone = Run(place, "ndjson:alone");
        string expected = File.ReadAllText(place["alone"]);
        Random random = new(3);
        int killed = 0;
        for (int i = 0; i < Times / 3 || (killed == 0 && i < Times); i++)
        {
            killed += Kill(place, "ndjson:a", alone * random.NextDouble());

            Assert.True(!place.Has("a") || File.ReadAllText(place["a"]) == expected);
            Run(place, "ndjson:a");
            Assert.Equal(expected, File.ReadAllText(place["a"]));
            Assert.Equal(["a", "alone"], place.Files());
            File.Delete(place["a"]);
        }

        Assert.True(killed > 0, "No kill came before the end.");
    }

    private TimeSpan Run(Workplace place, string target, params string[] paths)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. paths.Length > 0 ? paths : [data.Medium], "--quiet", "--to", target]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Elapsed;
    }

    /// <summary>1 when the kill came before the end.</summary>
    private int Kill(Workplace place, string target, TimeSpan after)
    {
        using Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], data.Medium, "--quiet", "--to", target);
        Thread.Sleep(after);
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
        return HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode == 0 ? 0 : 1;
    }
}
