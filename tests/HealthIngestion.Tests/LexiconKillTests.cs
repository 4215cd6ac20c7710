using System.Diagnostics;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// kill -9 of the program, or of the server, at any moment of a load of a dictionary or of <c>reprocess</c>: after the same
/// command again, or after what the run does by itself, the tables are those of an undisturbed one.
/// <c>FASTINGEST_CRASHES=100</c> kills the program that often and the server a fifth as often.
/// </summary>
public sealed class LexiconKillTests
{
    private const string Schema = "words";

    private static readonly int Crashes = KillLoop.Times(4);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void What_is_killed_and_run_again_is_as_if_nothing_had_happened(bool isReprocess, bool isServer)
    {
        using PostgresServer server = PostgresServer.Create();
        using Workplace place = Workplace.Empty();
        Run(place, "generate", "words", "--kind", "lexicon", "--entries", "4000", "--quirks", "0.02", "--quiet");
        string[] load = ["ingest", "--source", "w", "--file", "words/entries.jsonl", "--to", server.Url, "--schema", Schema, "--quiet"];
        string[] reprocess = ["reprocess", "--to", server.Url, "--schema", Schema, "--write-batch", "200", "--quiet"];
        Run(place, load);
        string expected = Dump(server);
        string[] command = isReprocess ? reprocess : load;
        Prepare(server, isReprocess);
        Stopwatch alone = Stopwatch.StartNew();
        Run(place, command);
        TimeSpan time = alone.Elapsed;
        Assert.Equal(expected, Dump(server));
        Random random = new(isReprocess ? 1 : 2);
        int times = isServer ? Math.Max(2, Crashes / 5) : Crashes;
        int disturbed = 0;
        for (int i = 0; i < times || (disturbed == 0 && i < 10 * times); i++)
        {
            Prepare(server, isReprocess);
            using (Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], command))
            {
                Thread.Sleep(time * random.NextDouble());
                disturbed += process.HasExited ? 0 : 1;
                if (isServer)
                {
                    server.Kill();
                    server.Start();
                }
                else
                {
                    HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
                }

                HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
            }

            if (!isReprocess)
            {
                string now = Dump(server);
                Assert.True(now == expected || now == Nothing, $"kill {i}: neither nothing nor all");
            }

            Run(place, command);
            Assert.Equal(expected, Dump(server));
        }

        Assert.True(disturbed > 0, "No kill came before the end.");
    }

    private static string Nothing => "0 NULL\n0 NULL";

    private static void Run(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    /// <summary>Empties the tables, or makes a third of the entries wrong.</summary>
    private static void Prepare(PostgresServer server, bool isReprocess) => server.Query(isReprocess
        ? $"UPDATE {Schema}.entries SET headword = headword || 'x', duplicate_key = gen_random_uuid() WHERE raw_id % 3 = 0"
        : $"TRUNCATE {Schema}.raw_entries, {Schema}.entries");

    private static string Dump(PostgresServer server) => string.Join('\n', server.Query(
        $"SELECT count(*), md5(string_agg((id, source_id, raw_data, checksum, file_path, line_number)::text, E'\\n' ORDER BY id)) FROM {Schema}.raw_entries "
        + $"UNION ALL SELECT count(*), md5(string_agg((to_jsonb(e) - 'updated_at')::text, E'\\n' ORDER BY raw_id)) FROM {Schema}.entries e"));
}
