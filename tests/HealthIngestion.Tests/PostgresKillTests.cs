using System.Diagnostics;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// kill -9 of the program, or of the server, at any moment of a load: after the same command again, or after what the
/// run does by itself, the tables are those of a load that nobody disturbed. <c>FASTINGEST_CRASHES=100</c> kills the
/// program that often and the server a fifth as often, each into empty tables and into tables with older rows.
/// </summary>
public sealed class PostgresKillTests(GeneratedData data, ITestOutputHelper output)
{
    /// <summary>Those of the records stay empty unless they are asked for.</summary>
    private static readonly string[] Tables = ["daily_summaries", "users", "activities", "workouts", "meals", "sleep", "heart_rate", "measurements"];

    private static readonly int Crashes = KillLoop.Times(10);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_load_whose_process_is_killed_is_done_or_undone(bool isMerge, bool takesRecords)
    {
        PostgresServer server = PostgresServer.Shared;
        using Workplace place = Workplace.Empty();
        (string before, string after, TimeSpan alone) = Measure(server, place, isMerge, takesRecords);
        Random random = new(isMerge ? 1 : 2);
        int killed = 0;
        for (int i = 0; i < Crashes || (killed == 0 && i < 10 * Crashes); i++)
        {
            string schema = Prepare(server, place, isMerge, takesRecords);
            using (Process process = Start(server, place, schema, takesRecords))
            {
                Thread.Sleep(alone * random.NextDouble());
                HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
                killed += HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode == 0 ? 0 : 1;
            }

            string now = Dump(server, schema);
            Assert.True(now == before || now == after, $"kill {i}: neither the old rows nor the new ones");
            Load(server, place, schema, takesRecords);
            Assert.Equal(after, Dump(server, schema));
            Drop(server, schema);
        }

        output.WriteLine($"{Crashes} kills, {killed} of them before the end");
        Assert.True(killed > 0, "No kill came before the end.");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_load_whose_server_is_killed_is_done_once(bool isMerge, bool takesRecords)
    {
        using PostgresServer server = PostgresServer.Create();
        using Workplace place = Workplace.Empty();
        (_, string after, TimeSpan alone) = Measure(server, place, isMerge, takesRecords);
        Random random = new(isMerge ? 3 : 4);
        int disturbed = 0, again = 0;
        int times = Math.Max(2, Crashes / 5);
        for (int i = 0; i < times || (disturbed == 0 && i < 10 * times); i++)
        {
            string schema = Prepare(server, place, isMerge, takesRecords);
            using (Process process = Start(server, place, schema, takesRecords))
            {
                Thread.Sleep(alone * random.NextDouble());
                bool ended = process.HasExited;
                server.Kill();
                server.Start();
                Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
                disturbed += ended ? 0 : 1;
                if (outcome.ExitCode != 0)
                {
                    again++;
                    Assert.Contains("connection failed", outcome.OnlyErrorLine, StringComparison.Ordinal);
                    Load(server, place, schema, takesRecords);
                }
            }

            Assert.Equal(after, Dump(server, schema));
            Assert.Equal(isMerge ? ["2"] : ["1"], server.Query($"SELECT count(*) FROM {schema}.ingest_runs"));
            Drop(server, schema);
        }

        Assert.True(disturbed > 0, "No kill came before the end.");
        output.WriteLine($"{times} kills of the server, {disturbed} of them before the end; {again} loads had to be run again");
    }

    private (string Before, string After, TimeSpan Alone) Measure(PostgresServer server, Workplace place, bool isMerge, bool takesRecords)
    {
        string schema = Prepare(server, place, isMerge, takesRecords);
        string before = Dump(server, schema);
        TimeSpan alone = Load(server, place, schema, takesRecords);
        string after = Dump(server, schema);
        Assert.NotEqual(before, after);
        Drop(server, schema);
        return (before, after, alone);
    }

    /// <summary>A new schema; for a merge with rows of two categories, some of which the load changes.</summary>
    private string Prepare(PostgresServer server, Workplace place, bool isMerge, bool takesRecords)
    {
        string schema = $"k{Guid.NewGuid():N}";
        if (isMerge)
        {
            Load(server, place, schema, takesRecords, [.. ((string[])["sleep", "users", "heart_rate"]).Select(c => Path.Combine(data.Small, c + ".json"))]);
            server.Query($"UPDATE {schema}.daily_summaries SET sleep_hours = 1 WHERE user_id < 'user_000005'");
        }

        return schema;
    }

    private Process Start(PostgresServer server, Workplace place, string schema, bool takesRecords) =>
        HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], Arguments(server, schema, takesRecords, data.Small));

    private TimeSpan Load(PostgresServer server, Workplace place, string schema, bool takesRecords, params string[] paths)
    {
        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, Arguments(server, schema, takesRecords, paths.Length > 0 ? paths : [data.Small]));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Elapsed;
    }

    private static string[] Arguments(PostgresServer server, string schema, bool takesRecords, params string[] paths) =>
        [.. paths, "--quiet", "--to", server.Url, "--schema", schema, .. takesRecords ? (string[])["--records"] : []];

    /// <summary>Every value of every row, in short; empty where there is no table.</summary>
    private static string Dump(PostgresServer server, string schema) =>
        server.Query($"SELECT to_regclass('{schema}.measurements') IS NULL")[0] == "True"
            ? ""
            : string.Join('\n', Tables.SelectMany(t => server.Query(
                $"SELECT '{t}', count(*), md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM {schema}.{t} r HAVING count(*) > 0")));

    private static void Drop(PostgresServer server, string schema) => server.Query($"DROP SCHEMA {schema} CASCADE");
}
