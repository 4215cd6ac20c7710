using System.Diagnostics;
using System.Runtime.CompilerServices;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.Map;
using FastIngest.Pipeline.Original;
using FastIngest.Pipeline.Reduce;
using FastIngest.Pipeline.Runs;
using FastIngest.Shuffle;
using FastIngest.Sinks;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;

namespace FastIngest.Pipeline.HealthData;

/// <summary>
/// The main job: reads health files and writes daily summaries.
/// <code>
///                map (one worker per core)               shuffle                 reduce (one worker per core)
/// file ─window─► chunk ─► element ─► fields ─► event ═══► partition ─► runs ─► day ─► row ═► sinks, in key order
///
/// 1. find and open the files, read their heads        4. map: the records of each chunk become events
/// 2. open the sinks                                   5. reduce: the events of each partition become rows
/// 3. sample keys, choose the partition boundaries     6. verify the balance, publish the rejects, complete the sinks
/// </code>
/// </summary>
public static class HealthIngest
{
    /// <summary>
    /// Reads every health file under the paths and passes the rows, in (user_id, date) order, to every sink. This method opens
    /// the sinks and completes them only after everything else succeeded; the caller disposes them. A failing sink does not
    /// stop the other sinks; the run fails when every sink has failed.
    /// </summary>
    /// <exception cref="IngestException">The run cannot go on; no sink was completed.</exception>
    /// <exception cref="AggregateException">Every one of several sinks failed: the fault of each, in their order.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; no sink was completed.</exception>
    public static async Task<IngestReport> RunAsync(
        IngestOptions options,
        IReadOnlyList<ISummarySink> sinks,
        IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using HealthInput input = HealthInput.Open(options.Paths, options.Dialects, options.Category, options.InputOptions with { Stop = cancellationToken }, options.From, options.MaxRecordBytes);
        options = input.Without(options);
        SinkRun run = new(Guid.CreateVersion7(), DateTime.UtcNow, input.Infos);
        RunEngine<SinkRun, SummaryBatch, RunFigures, SinkResult> engine = new(sinks);
        if (options.Mode == IngestMode.Original && engine.Lanes.Any(l => l.RecordFormat is not null))
        {
            throw new IngestException("The reference implementation (--mode original) stores no records.", "Use --mode optimized.");
        }

        List<string> warnings = [.. input.Notes, .. WorkersTooMany(options, engine.Lanes)];
        Pass done = await engine.RunAsync(run, lanes => new Pass(options, input, lanes, progress), warnings, cancellationToken).ConfigureAwait(false);
        return RunReport.Of(run.RunId, options, input.Facts, done.Totals, engine.Reports, Stopwatch.GetElapsedTime(started), warnings);
    }

    private static IEnumerable<string> WorkersTooMany(IngestOptions options, IReadOnlyList<SummaryLane> lanes)
    {
        int workers = PlanMemory(options, lanes).Workers;
        if (options.Mode == IngestMode.Optimized && workers < options.Workers)
        {
            yield return $"The memory limit holds {workers} of the {options.Workers} workers; the run used only these.";
        }
    }

    private static MemoryPlan PlanMemory(IngestOptions options, IReadOnlyList<SummaryLane> lanes) =>
        MemoryPlan.For(options.MemoryLimitBytes, options.Workers, lanes.Select(l => l.RecordFormat).OfType<IRecordFormat>().Distinct().Count());

    private static Reading RunOptimized(
        IngestOptions options, HealthInput input, RejectLog rejects, FieldLog fields, IReadOnlyList<SummaryLane> lanes, SinkWriter writer, IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        MemoryPlan memory = PlanMemory(options, lanes);
        int chunkBytes = options.ChunkBytes > 0
            ? options.ChunkBytes
            : (int)Math.Clamp(input.EstimatedBytes / (8L * memory.Workers), MemoryPlan.MinChunkBytes, memory.ChunkBytes);
        IReadOnlyList<FilePlan> plans = input.Plan(chunkBytes, options.MaxRecordBytes, options.UserId, options.UserFolder);
        PartitionBoundaries boundaries = KeySampler.ChooseBoundaries(input.EstimatedBytes, plans, options, memory);
        BlockPool pool = new(memory.EventBytes);
        using PartitionStore store = new(boundaries.PartitionCount, pool, options.TempDirectory);

        MapStage map = new(options, memory, [.. plans.Select(MapRange.Whole)], boundaries, store, rejects, fields, lanes, progress);
        map.Run(cancellationToken);
        RepeatRule repeats = HealthInput.RepeatsOf(plans);
        StoredRecordStage stored = new(boundaries, store, repeats);
        stored.Run(lanes, cancellationToken);
        store.Seal();
        progress?.Reducing();
        if (store.SpilledBytes > 0 || pool.UsedBytes > memory.EventBytes / 4)
        {
            // Collect the memory of the map for the reduce, because the collector would not do so in time. Small runs skip the
            // collection, which would take a millisecond for little memory.
            pool.Clear();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        ReduceStage reduce = new(options, memory, repeats, boundaries, store, writer);
        reduce.Run(cancellationToken);
        return new Reading(
            RunReport.Categories(
                input.Facts, rejects, c => map.Records[(int)c], c => reduce.Aggregated[(int)c], c => reduce.Repeated[(int)c], c => map.Filtered[(int)c],
                c => c == Category.Samples ? map.PassedOver : 0, c => stored.Records[(int)c]),
            map.RecordRows,
            [.. map.Unread])
        {
            LeftOut = reduce.LeftOut,
            UtcStamps = map.UtcStamps,
            HasUnnamedUser = plans.Any(p => p.UsesDefaultUser),
        };
    }

    private static Reading RunOriginal(
        IngestOptions options, HealthInput input, RejectLog rejects, FieldLog fields, SinkWriter writer, IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        OriginalIngest original = new(options.Rules) { Selection = options.Selection, Pseudonyms = options.Pseudonyms, HasSentences = options.HasSentences };

        List<UnreadFile> unread = [];
        IReadOnlyList<FilePlan> plans = input.Plan(MemoryPlan.MinChunkBytes, options.MaxRecordBytes, options.UserId, options.UserFolder);
        for (int f = 0; f < input.Files.Count; f++)
        {
            byte[] bytes = ReadWhole(input.Files[f]);
            long before = original.Counts.Found.Sum();
            original.Fields.Clear();
            for (FilePlan? part = plans[f]; part is not null;)
            {
                StrongBox<FramePosition> last = new();
                RejectList rejected = new();
                long partBefore = original.Counts.Found[(int)part.Category];
                foreach (Reject reject in original.Read(part.Dialect.ReadAll(part, bytes, options.MaxRecordBytes, last), part.Category, f, cancellationToken))
                {
                    rejects.Add(part, reject);
                    rejected.Add(reject);
                }

                fields.Add(f, part.Category, original.Fields, original.Counts.Found[(int)part.Category] - partBefore, rejected);
                original.Fields.Clear();
                PartEnd end = part.Finish(last.Value);
                original.Counts.Found[(int)part.Category] += end.IsCutOff && rejects.AddCutOff(part) ? 1 : 0;
                rejects.Close(part);
                unread.AddRange(end.Unread);
                part = end.Next;
            }

            progress?.Read(f, input.Files[f].PackedLength, original.Counts.Found.Sum() - before);

            // A compressed file holds a large range of addresses until then.
            input.Files[f].Finish();
        }

        progress?.Reducing();
        foreach (SummaryBatch batch in original.Batches())
        {
            writer.Write(batch, cancellationToken);
        }

        return new Reading(
            RunReport.Categories(
                input.Facts, rejects, c => original.Counts.Found[(int)c], c => original.Counts.Aggregated[(int)c], c => original.Counts.Repeated[(int)c],
                c => original.Filtered[(int)c], _ => 0, _ => 0),
            null,
            unread);
    }

    private static byte[] ReadWhole(SourceFile file)
    {
        file.Reach(Array.MaxLength + 1L);
        if (file.Length > Array.MaxLength)
        {
            throw new IngestException(
                $"{file.Path} has more bytes than the reference implementation can hold, {Array.MaxLength}.", "Use --mode optimized, which reads files of any size.");
        }

        byte[] bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }

    /// <summary>The results of reading the input.</summary>
    /// <param name="Categories">The figures of each category.</param>
    /// <param name="RecordRows">The number of records passed to sinks that store records, by category; null without such a sink.</param>
    /// <param name="Unread">The values in files that are not read.</param>
    private sealed record Reading(IReadOnlyList<CategoryReport> Categories, IReadOnlyList<long>? RecordRows, IReadOnlyList<UnreadFile> Unread)
    {
        /// <summary>The number of samples that do not count, because another source counts for their metric and day.</summary>
        public long LeftOut { get; init; }

        /// <summary>The number of stamps whose day is that of UTC, because no time zone was chosen.</summary>
        public long UtcStamps { get; init; }

        /// <summary>Whether records of exports got the user of the run.</summary>
        public bool HasUnnamedUser { get; init; }
    }

    private sealed class Pass(IngestOptions options, HealthInput input, IReadOnlyList<SummaryLane> lanes, IIngestProgress? progress) : IRunPass<RunFigures>
    {
        private readonly RejectLog _rejects = new(options.RejectsPath, options.MaxRecordBytes, hasRaw: options.Pseudonyms is null);
        private readonly SinkWriter _writer = new(lanes, progress);
        private Reading _reading = new([], null, []);

        private readonly FieldLog _fields = new(input.Files.Count);
        private string? _rejectsWarning;

        public RunTotals Totals => new()
        {
            Categories = _reading.Categories,
            Rows = _writer.Rows,
            LeftOut = _reading.LeftOut,
            SourcesNotFound = [.. options.Sources.NotFound],
            UtcStamps = _reading.UtcStamps,
            HasUnnamedUser = _reading.HasUnnamedUser,
            Fields = _fields,
            Unread = _reading.Unread,
            CutOff = _rejects.CutOff,
            RejectsWarning = _rejectsWarning,
        };

        public IEnumerable<RunBalance> Balances => RunReport.Balances(_reading.Categories, _reading.RecordRows);

        public void Read(CancellationToken cancellationToken)
        {
            progress?.Started(input.Infos);
            input.Rewind();
            _reading = options.Mode == IngestMode.Original
                ? RunOriginal(options, input, _rejects, _fields, _writer, progress, cancellationToken)
                : RunOptimized(options, input, _rejects, _fields, lanes, _writer, progress, cancellationToken);
        }

        public RunFigures Complete()
        {
            _rejectsWarning = _rejects.Complete();
            return RunReport.Figures(_reading.Categories, _writer.Rows, countsByCategory: _reading.RecordRows is not null);
        }

        public void Dispose() => _rejects.Dispose();
    }
}
