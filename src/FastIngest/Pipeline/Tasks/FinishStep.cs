using System.Diagnostics;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using FastIngest.Pipeline.Map;
using FastIngest.Pipeline.Reduce;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The last step: passes the rows of all tasks, in key order, to the sinks of the run, which complete them in one transaction or with
/// one rename as after a run in one process; writes the rejects; verifies the balance of the whole; removes what the tasks left.
/// </summary>
internal static class FinishStep
{
    /// <summary>The number of batches of rows that may wait for the sinks.</summary>
    private const int BatchesAhead = 4;

    /// <returns>The report of the run; null if it was finished before.</returns>
    /// <exception cref="IngestException">Tasks are missing, or the run cannot go on; no sink was completed.</exception>
    public static async Task<IngestReport?> RunAsync(
        SharedRun run, IngestOptions options, IReadOnlyList<ISummarySink> sinks, Reporting reporting, CancellationToken cancellationToken)
    {
        if (run.Folder.IsFinished)
        {
            run.Folder.Clean();
            return null;
        }

        IngestReport report = await TaskProgress.DoAsync(run, "finish", 0, reporting, p => RunAsync(run, options, sinks, p, cancellationToken), _ => run.Folder.IsFinished).ConfigureAwait(false);
        if (run.Folder.IsFinished)
        {
            run.Folder.Clean();
        }

        return report;
    }

    private static async Task<IngestReport> RunAsync(
        SharedRun run, IngestOptions options, IReadOnlyList<ISummarySink> sinks, TaskProgress progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        progress.Started([]);
        progress.Reducing();
        CheckResult check = run.ReadCheck();
        ReduceResult?[] reduced = [.. Enumerable.Range(0, run.Plan.ReduceTasks).Select(run.TryReadReduce)];
        MissingTasks.Require("reduce", [.. reduced.Select(r => r is not null)]);
        MapResult[] mapped = [.. check.Manifests.Select((m, t) => run.TryReadMap(m, t) ?? throw new IngestException(
            $"{run.Folder.PathOf(m)} is missing.", "Remove check.json, then run the map task, check and the steps after it."))];
        InputFacts input = FactsOf(run.Plan);
        RunEngine<SinkRun, SummaryBatch, RunFigures, SinkResult> engine = new(sinks);
        List<string> warnings = [];
        Pass done = await engine.RunAsync(
            new SinkRun(run.RunId, DateTime.UtcNow, input.Infos),
            lanes => new Pass(run, options, input, mapped, reduced!, check, sinks, lanes, progress),
            warnings,
            cancellationToken).ConfigureAwait(false);
        IngestReport report = RunReport.Of(run.RunId, options, input, done.Totals, engine.Reports, Stopwatch.GetElapsedTime(started), warnings);
        if (engine.Lanes.All(l => l.Fault is null))
        {
            run.Folder.Commit(WorkFolder.FinishedName, new FinishResult(run.Name, report.Rows), ResultForms.Finish);
        }

        return report;
    }

    private static InputFacts FactsOf(RunPlan plan)
    {
        Category[] categories = [.. plan.Files.Select(f => Categories.Parse(f.Category) ?? Category.Samples)];
        bool[] isExport = [.. plan.Files.Select(f => DialectCatalog.All.Any(d => d is ExportDialect && d.Name == f.Dialect))];
        return new InputFacts(
            [.. plan.Files.Select((f, i) => new InputFileInfo(f.Path, categories[i], isExport[i] ? f.Dialect : categories[i].Name(), f.Bytes))],
            categories,
            [.. plan.Files.Where((_, i) => isExport[i]).Select(f => new ExportFile(f.Path, f.Dialect, f.Bytes))],
            plan.Unread);
    }

    private sealed class Pass(
        SharedRun run, IngestOptions options, InputFacts input, MapResult[] mapped, ReduceResult[] reduced, CheckResult check, IReadOnlyList<ISummarySink> sinks,
        IReadOnlyList<SummaryLane> lanes, IIngestProgress progress)
        : IRunPass<RunFigures>
    {
        private readonly RejectLog _rejects = new(options.RejectsPath, options.MaxRecordBytes, hasRaw: options.Pseudonyms is null);
        private readonly FieldLog _fields = new(run.Plan.Files.Length);
        private readonly SinkWriter _writer = new(lanes, progress);
        private readonly long[] _cutOff = new long[Categories.Count];
        private readonly IReadOnlyList<IRecordFormat> _formats = RecordFile.FormatsOf(sinks);
        private readonly long[] _recordRows = new long[Categories.Count];
        private List<CategoryReport> _categories = [];
        private string? _rejectsWarning;

        public RunTotals Totals => new()
        {
            Categories = _categories,
            Rows = _writer.Rows,
            LeftOut = reduced.Sum(r => r.LeftOut),
            UtcStamps = mapped.Sum(m => m.UtcStamps),
            HasUnnamedUser = mapped.Any(m => m.HasUnnamedUser),
            Fields = _fields,
            Unread = [.. mapped.SelectMany(m => m.Unread), .. check.Ends.SelectMany(e => e.Unread)],
            CutOff = _rejects.CutOff,
            RejectsWarning = _rejectsWarning,
        };

        public IEnumerable<RunBalance> Balances => RunReport.Balances(_categories, _formats.Count > 0 ? _recordRows : null);

        public void Read(CancellationToken cancellationToken)
        {
            ReplayRejects();
            AddFindings();
            PassRecords(cancellationToken);
            PassRows(cancellationToken);
            _categories = RunReport.Categories(
                input,
                _rejects,
                c => mapped.Sum(m => m.Records[(int)c]) + _cutOff[(int)c],
                c => reduced.Sum(r => r.Aggregated[(int)c]),
                c => reduced.Sum(r => r.Repeated[(int)c]),
                c => mapped.Sum(m => m.Filtered[(int)c]),
                c => c == Category.Samples ? mapped.Sum(m => m.PassedOver) : 0,
                _ => 0);
        }

        public RunFigures Complete()
        {
            _rejectsWarning = _rejects.Complete();
            return RunReport.Figures(_categories, _writer.Rows, countsByCategory: _formats.Count > 0);
        }

        public void Dispose() => _rejects.Dispose();

        /// <summary>Passes the records of all map tasks, in their order, to the sinks that store them.</summary>
        private void PassRecords(CancellationToken cancellationToken)
        {
            MemoryPlan memory = MemoryPlan.For(options.MemoryLimitBytes, workers: 1, _formats.Count);
            RecordBatch[] batches = [.. _formats.Select(f => f.CreateBatches(memory.RecordPieceBytes)())];
            for (int task = 0; task < mapped.Length && batches.Length > 0; task++)
            {
                string file = mapped[task].RecordFile ?? throw new InvalidOperationException($"Map task {task} has stored no records.");
                RecordFileReader.Of(run, file, task).Read(batches, (format, batch) =>
                {
                    foreach (SummaryLane lane in lanes.Where(l => l.RecordFormat == batch.Format))
                    {
                        lane.WriteRecords(batch, cancellationToken);
                    }

                    lanes.ThrowIfNoneIsLeft();
                    cancellationToken.ThrowIfCancellationRequested();
                    _recordRows[(int)batch.Category] += format == 0 ? batch.Rows : 0;
                });
            }
        }

        /// <summary>Reads the rows on one thread, while another one passes those before to the sinks.</summary>
        private void PassRows(CancellationToken cancellationToken)
        {
            MemoryPlan memory = MemoryPlan.For(options.MemoryLimitBytes, workers: 1);
            RowQueue queue = new(partitions: 1, BatchesAhead, () => new SummaryBatch(memory.BatchRows, memory.BatchTextBytes));
            int role = 0;
            Workers.Run(2, "finish", Work, cancellationToken);

            void Work(CancellationToken token)
            {
                using CancellationTokenRegistration stopping = token.Register(queue.Stop);
                if (Interlocked.Increment(ref role) == 1)
                {
                    _writer.WriteAll(queue, token);
                    return;
                }

                foreach (ReduceResult part in reduced)
                {
                    string name = $"{WorkFolder.ReduceFolder}/{part.Part}";
                    new PartReader(run.Folder.PathOf(name), () => run.Folder.Open(name), run.Id, part.Task).Read(() => queue.Rent(0), b => queue.Add(0, b));
                }

                queue.Complete(0);
            }
        }

        /// <summary>Writes the rejects of all tasks; only the files that have any are opened.</summary>
        private void ReplayRejects()
        {
            HashSet<int> files = [.. check.Ends.Where(e => e.IsCutOff).Select(e => e.File)];
            foreach (MapResult map in mapped)
            {
                if (map.Rejects is { } journal)
                {
                    RejectJournal.AddFilesTo(run.Folder.PathOf(NameOf(journal)), () => run.Folder.Open(NameOf(journal)), journal, files);
                }
            }

            if (files.Count == 0)
            {
                return;
            }

            using TaskInput opened = new(run, options, files);
            Dictionary<int, FileEnd> ends = check.Ends.ToDictionary(e => e.File);
            for (int task = 0; task < mapped.Length; task++)
            {
                if (mapped[task].Rejects is { } journal)
                {
                    RejectJournal.Replay(
                        run.Folder.PathOf(NameOf(journal)), () => run.Folder.Open(NameOf(journal)), journal, _rejects, (file, part, category) => new RejectSource(opened[file].File, file, part, category), c => _cutOff[(int)c]++);
                }

                // A file that several tasks read ends with the last of them.
                foreach (PlannedRange range in run.Plan.MapTasks[task].Where(r => r.End is null && r.First > 0 && files.Contains(r.File)))
                {
                    RejectSource source = RejectSource.Of(opened[range.File]);
                    if (ends[range.File].IsCutOff && _rejects.AddCutOff(source, ends[range.File].Length))
                    {
                        _cutOff[(int)source.Category]++;
                    }

                    _rejects.Close(source, ends[range.File].Length);
                }
            }
        }

        private static string NameOf(JournalInfo journal) => $"{WorkFolder.MapFolder}/{journal.File}";

        private void AddFindings()
        {
            foreach (MapResult map in mapped)
            {
                for (int category = 0; category < map.Findings.Length; category++)
                {
                    FieldFindings findings = _fields.Of((Category)category);
                    map.Findings[category].Unknown.AddTo(findings.Unknown);
                    map.Findings[category].Unreadable.AddTo(findings.Unreadable);
                    map.Findings[category].Implausible.AddTo(findings.Implausible);
                    map.Findings[category].PassedOver.AddTo(findings.PassedOver);
                }

                foreach (OutcomeCounts outcome in map.Outcomes)
                {
                    _fields.AddOutcome(outcome.File, outcome.Records, outcome.Rejected);
                }
            }
        }
    }
}
