using System.Diagnostics;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// Planned runs in which anything may happen: tasks are killed, stopped and queued again, run twice at once or late, and files of tasks are
/// torn, damaged and swapped. The result has the bytes of one process; damage is an error that names the file, after which the task
/// can run again. <c>FASTINGEST_CRASHES=100</c> makes 100 such runs, and kills the server under the last step 20 times.
/// </summary>
public sealed class PlannedRunCrashTests(GeneratedData data, ITestOutputHelper output)
{
    /// <summary>The chunks of a run are messages in its file of records.</summary>
    private const string ChunkSize = "256KiB";

    private static readonly int Crashes = KillLoop.Times(3);

    [Fact]
    public void Whatever_happens_to_the_tasks_nothing_is_lost_and_nothing_doubled()
    {
        using Workplace place = Workplace.Empty();
        PlannedRun run = new(place, data.Small);
        PlannedRun.Good(run.Alone("--chunk-size", ChunkSize, "--workers", "1", "--to", "protobuf:one.pb"));
        Scheduler all = new(run, 0);
        for (int i = 0; i < Crashes || !all.HasSeenEverything; i++)
        {
            Assert.True(i < 10 * Crashes, $"Not everything happened: {all}");
            Scheduler scheduler = new(run, i);
            scheduler.Run();
            run.IsSame($"run {i}");
            Assert.True(File.ReadAllBytes(place["one.pb"]).AsSpan().SequenceEqual(File.ReadAllBytes(place["many.pb"])), $"run {i}: other records");
            all.Add(scheduler);
            run.Clear();
        }

        output.WriteLine(all.ToString());
    }

    [Fact]
    public void A_server_that_is_killed_during_the_last_step_has_the_rows_once()
    {
        using PostgresServer server = PostgresServer.Create();
        using Workplace place = Workplace.Empty();
        string alone = $"k{Guid.NewGuid():N}";
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, data.Small, "--to", server.Url, "--schema", alone, "--records", "--quiet"));
        string expected = Dump(server, alone);
        Random random = new(5);
        TimeSpan undisturbed = TimeSpan.FromSeconds(1);
        int times = Math.Max(2, Crashes / 5), disturbed = 0, again = 0;
        for (int i = 0; i < times || (disturbed == 0 && i < 10 * times); i++)
        {
            string schema = $"k{Guid.NewGuid():N}";
            PlannedRun run = new(place, data.Small);
            PlannedRun.Good(HealthIngestionProcess.Run(
                place.Directory, "plan", data.Small, "--to", server.Url, "--schema", schema, "--records", "--work", PlannedRun.Work, "--tasks", "2", "--partitions", "2"));
            run.MapAll(2);
            PlannedRun.Good(run.Do("check"));
            run.ReduceAll(2);
            using (Process process = run.Start("finish"))
            {
                Thread.Sleep(undisturbed * random.NextDouble());
                disturbed += process.HasExited ? 0 : 1;
                server.Kill();
                server.Start();
                Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
                if (outcome.ExitCode != 0)
                {
                    again++;
                    Assert.Equal(75, outcome.ExitCode);
                    Assert.Contains("connection failed", outcome.Error, StringComparison.Ordinal);
                }
            }

            // Whether the commit arrived or not, and whether the step knows it or not.
            Outcome last = PlannedRun.Good(run.Do("finish"));
            undisturbed = last.Error.Contains("finished before", StringComparison.Ordinal) ? undisturbed : last.Elapsed;
            Assert.Equal(expected, Dump(server, schema));
            Assert.Equal(["1"], server.Query($"SELECT count(*) FROM {schema}.ingest_runs"));
            server.Query($"DROP SCHEMA {schema} CASCADE");
            Directory.Delete(run.Path(), recursive: true);
        }

        Assert.True(disturbed > 0, "No kill came before the end.");
        output.WriteLine($"{times} kills of the server, {disturbed} of them before the end; {again} steps had to be run again");
    }

    private static string Dump(PostgresServer server, string schema) => string.Join('\n', ((string[])["daily_summaries", "users", "heart_rate", "activities", "meals"]).SelectMany(t => server.Query(
        $"SELECT '{t}', count(*), md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM {schema}.{t} r")));

    /// <summary>Runs all tasks of one run, and sees to it that things happen.</summary>
    private sealed class Scheduler(PlannedRun run, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly int _tasks = 1 + (seed % 5), _partitions = 1 + (seed / 2 % 4);

        /// <summary>What was done to a file of a task, until a step has named it: the file, and the step and task that wrote it.</summary>
        private (string File, string Step, int Task)? _damage;

        private int _killed, _stopped, _twice, _late, _damaged, _named;

        public bool HasSeenEverything => _killed > 0 && _stopped > 0 && _twice > 0 && _late > 0 && _named > 0;

        public override string ToString() =>
            $"{_killed} tasks killed, {_stopped} stopped, {_twice} run twice at once, {_late} started late; {_damaged} files damaged, {_named} of them named by an error";

        public void Add(Scheduler other)
        {
            _killed += other._killed;
            _stopped += other._stopped;
            _twice += other._twice;
            _late += other._late;
            _damaged += other._damaged;
            _named += other._named;
        }

        public void Run()
        {
            PlannedRun.Good(run.Plan(_tasks, _partitions, "--chunk-size", ChunkSize, "--to", "protobuf:many.pb"));
            List<Process> late = [];
            Map([.. Enumerable.Range(0, _tasks)]);
            if (_random.Next(3) == 0)
            {
                late.Add(run.Start("map", "--task", $"{_random.Next(_tasks)}"));
            }

            Damage("map", _tasks, _random.Next(2) == 0 ? "spill" : "records");
            Task("check");
            foreach (int task in Shuffled(_partitions))
            {
                Task("reduce", task);
            }

            Damage("reduce", _partitions, "rows");
            if (_random.Next(3) == 0)
            {
                late.Add(run.Start("reduce", "--task", $"{_random.Next(_partitions)}"));
            }

            Task("finish");
            _late += late.Count;
            foreach (Process process in late)
            {
                using (process)
                {
                    // A task that comes after another one has done its work, or after the end, finds nothing to do. One that reads
                    // what is damaged says so.
                    Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
                    Assert.True(outcome.ExitCode == 0 || (_damaged > 0 && outcome.ExitCode is 1 or 75), outcome.Error);
                }
            }
        }

        private int[] Shuffled(int count)
        {
            int[] tasks = [.. Enumerable.Range(0, count)];
            _random.Shuffle(tasks);
            return tasks;
        }

        private void Map(int[] tasks)
        {
            _random.Shuffle(tasks);
            foreach (int task in tasks)
            {
                Task("map", task);
            }
        }

        /// <summary>Runs a task to its end, after what happens to it before.</summary>
        private void Task(string step, int? task = null)
        {
            string[] options = task is { } index ? ["--task", $"{index}"] : [];
            for (int before = _random.Next(3); before > 0; before--)
            {
                Disturb(step, options);
            }

            for (int attempts = 0; ; attempts++)
            {
                Outcome outcome = run.Do(step, options);
                if (outcome.ExitCode == 0)
                {
                    return;
                }

                Assert.True(attempts < 2, outcome.Error);
                Repair(outcome);
            }
        }

        private void Disturb(string step, string[] options)
        {
            switch (_random.Next(4))
            {
                case 0:
                    _killed += Interrupt(HealthIngestionProcess.Sigkill) != 0 ? 1 : 0;
                    break;
                case 1:
                    _stopped += Interrupt(HealthIngestionProcess.Sigterm) == 143 ? 1 : 0;
                    break;
                case 2:
                    Process[] both = [run.Start(step, options), run.Start(step, options)];
                    _twice++;
                    foreach (Process process in both)
                    {
                        using (process)
                        {
                            Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
                            Assert.True(outcome.ExitCode == 0 || _damage is not null || (step == "finish" && outcome.ExitCode == 75), outcome.Error);
                        }
                    }

                    break;
            }

            int Interrupt(int signal)
            {
                using Process process = run.Start(step, options);
                long reads = _random.Next(10, 200);
                HealthIngestionProcess.WaitFor(process, p => HealthIngestionProcess.Reads(p) >= reads);
                Thread.Sleep(_random.Next(5));
                HealthIngestionProcess.Signal(process, signal);
                return HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode;
            }
        }

        /// <summary>Cuts, changes or swaps a file of a task, in a third of the runs.</summary>
        private void Damage(string step, int count, string ending)
        {
            if (_random.Next(3) != 0 || _damage is not null)
            {
                return;
            }

            int task = _random.Next(count);
            string file = Written(step, task, ending);
            byte[] bytes = File.ReadAllBytes(file);
            switch (_random.Next(4))
            {
                case 0:
                    File.WriteAllBytes(file, bytes[.._random.Next(bytes.Length)]);
                    break;
                case 1:
                    bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
                    File.WriteAllBytes(file, bytes);
                    break;
                case 2:
                    File.Delete(file);
                    break;
                default:
                    if (count == 1)
                    {
                        return;
                    }

                    File.Copy(Written(step, (task + 1) % count, ending), file, overwrite: true);
                    break;
            }

            _damage = (Path.GetFileName(file), step, task);
            _damaged++;
        }

        /// <summary>The file that the manifest of a task names: a killed attempt may have left another one.</summary>
        private string Written(string step, int task, string ending)
        {
            string manifest = File.ReadAllText(run.Path(step, $"{task}.json"));
            return Assert.Single(Directory.GetFiles(run.Path(step), $"{task}.*.{ending}"), f => manifest.Contains(Path.GetFileName(f), StringComparison.Ordinal));
        }

        /// <summary>The error names the damaged file; what it says to do helps.</summary>
        private void Repair(Outcome outcome)
        {
            Assert.True(outcome.ExitCode == 1 && _damage is not null, outcome.Error);
            (string file, string step, int task) = _damage.Value;
            Assert.Contains(file, outcome.OnlyErrorLine, StringComparison.Ordinal);
            _named++;
            _damage = null;
            File.Delete(run.Path(step, $"{task}.json"));
            if (step == "map")
            {
                File.Delete(run.Path("check.json"));
                PlannedRun.Good(run.Do("map", task));
                PlannedRun.Good(run.Do("check"));
            }
            else
            {
                PlannedRun.Good(run.Do("reduce", task));
            }
        }
    }
}
