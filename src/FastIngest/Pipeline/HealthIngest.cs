using System.Diagnostics;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.Map;
using FastIngest.Pipeline.Original;
using FastIngest.Pipeline.Reduce;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;

namespace FastIngest.Pipeline;

/// <summary>
/// The main job: health files in, daily summaries out.
/// <code>
///                map (a worker a core)                    shuffle                 reduce (a worker a core)
/// file ─window─► chunk ─► element ─► fields ─► event ═══► partition ─► runs ─► day ─► row ═► sinks, in key order
///
/// 1. find and open the files, read their heads        4. map: every chunk's records become events
/// 2. open the sinks                                   5. reduce: every partition's events become rows
/// 3. sample keys, choose the partitions' boundaries      6. check the balance, keep the rejects, complete the sinks
/// </code>
/// </summary>
public static class HealthIngest
{
    /// <summary>
    /// Reads every known file under the paths and hands the rows, in (user_id, date) order, to every sink.
    /// The sinks are opened here and completed only when everything else went well; the caller disposes them. A sink that
    /// fails does so alone; the run fails when none is left.
    /// </summary>
    /// <exception cref="IngestException">The run cannot go on; no sink was completed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; no sink was completed.</exception>
    public static async Task<IngestReport> RunAsync(
        IngestOptions options,
        IReadOnlyList<ISummarySink> sinks,
        IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using HealthInput input = HealthInput.Open(options.Paths, options.Dialects, options.Io, options.Expansion);
        SinkRun run = new(Guid.CreateVersion7(), DateTime.UtcNow, input.Infos, input.Categories.Contains(Category.Users));
        SummaryLane[] all = [.. sinks.Select(s => new SummaryLane(s))];
        if (options.Mode == IngestMode.Original && all.Any(l => l.RecordFormat is not null))
        {
            throw new IngestException("The original mode stores no records.", "Use --mode optimized.");
        }

        List<string> warnings = [.. input.MissingCategories(), .. WorkersTooMany(options, all)];

        RunTotals? done = null;
        IReadOnlyList<SummaryLane> lanes = all;
        foreach (SummaryLane lane in all)
        {
            await lane.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            done = await RunOnceAsync(options, input, lanes, progress, cancellationToken).ConfigureAwait(false) ?? done;
            lanes = await SummaryLane.StartOverAsync(lanes, run, warnings, cancellationToken).ConfigureAwait(false);
            if (lanes.Count == 0)
            {
                break;
            }
        }

        if (done is null || (all.Length > 0 && all.All(l => l.Fault is not null)))
        {
            all[0].Fault!.Throw();
        }

        return new IngestReport
        {
            RunId = run.RunId,
            Categories = done!.Categories,
            Sinks = [.. all.Select(l => new SinkReport(l.Sink.DisplayName, l.Result, l.Fault?.SourceException))],
            Rows = done.Rows,
            Elapsed = Stopwatch.GetElapsedTime(started),
            Warnings = warnings,
        };
    }

    /// <summary>
    /// Reads everything, and fills and completes the sinks, which are open. Those that fail say so in their lanes; when
    /// all did, reading ends early and there are no totals.
    /// </summary>
    private static async Task<RunTotals?> RunOnceAsync(
        IngestOptions options, HealthInput input, IReadOnlyList<SummaryLane> lanes, IIngestProgress? progress, CancellationToken cancellationToken)
    {
        progress?.Started(input.Infos);
        input.Rewind();
        using RejectLog rejects = new(input, options.RejectsPath, options.MaxRecordBytes);
        SinkWriter writer = new(lanes, progress);
        IReadOnlyList<CategoryReport> categories;
        try
        {
            categories = await Task.Factory.StartNew(
                () => options.Mode == IngestMode.Original
                    ? RunOriginal(options, input, rejects, writer, progress, cancellationToken)
                    : RunOptimized(options, input, rejects, lanes, writer, progress, cancellationToken),
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception) when (lanes.Count > 0 && lanes.All(l => l.Fault is not null))
        {
            return null;
        }

        CheckBalance(categories);
        rejects.Complete();
        RunFigures figures = new(
            categories.Sum(c => c.Records), categories.Sum(c => c.Aggregated), categories.Sum(c => c.Rejected), writer.Rows);
        foreach (SummaryLane lane in lanes)
        {
            await lane.CompleteAsync(figures, cancellationToken).ConfigureAwait(false);
        }

        return new RunTotals(categories, writer.Rows);
    }

    private static IEnumerable<string> WorkersTooMany(IngestOptions options, IReadOnlyList<SummaryLane> lanes)
    {
        int workers = PlanMemory(options, lanes).Workers;
        if (options.Mode == IngestMode.Optimized && workers < options.Workers)
        {
            yield return $"The memory limit holds {workers} of the {options.Workers} workers: no more were used.";
        }
    }

    private static MemoryPlan PlanMemory(IngestOptions options, IReadOnlyList<SummaryLane> lanes) =>
        MemoryPlan.For(options.MemoryLimitBytes, options.Workers, lanes.Select(l => l.RecordFormat).OfType<IRecordFormat>().Distinct().Count());

    private static List<CategoryReport> RunOptimized(
        IngestOptions options, HealthInput input, RejectLog rejects, IReadOnlyList<SummaryLane> lanes, SinkWriter writer, IIngestProgress? progress,
        CancellationToken cancellationToken)
    {
        MemoryPlan memory = PlanMemory(options, lanes);
        int chunkBytes = options.ChunkBytes > 0
            ? options.ChunkBytes
            : (int)Math.Clamp(input.EstimatedBytes / (8L * memory.Workers), MemoryPlan.MinChunkBytes, memory.ChunkBytes);
        IReadOnlyList<FilePlan> plans = input.Plan(chunkBytes, options.MaxRecordBytes);
        PartitionBoundaries boundaries = KeySampler.ChooseBoundaries(input.EstimatedBytes, plans, options, memory);
        BlockPool pool = new(memory.EventBytes);
        using PartitionStore store = new(boundaries.PartitionCount, pool, options.TempDirectory);

        MapStage map = new(options, memory, plans, boundaries, store, rejects, lanes, progress);
        map.Run(cancellationToken);
        store.Seal();
        progress?.Reducing();
        if (store.SpilledBytes > 0 || pool.UsedBytes > memory.EventBytes / 4)
        {
            // The reduce gets the memory that the map had, and the collector has no reason to hurry on its own. A small
            // run leaves it little to do and is spared the millisecond.
            pool.Clear();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        ReduceStage reduce = new(options, memory, boundaries, store, writer);
        reduce.Run(cancellationToken);
        List<CategoryReport> categories = ReportCategories(input, rejects, c => map.Records[(int)c], c => reduce.Aggregated[(int)c]);
        CheckRecords(categories, map.RecordRows);
        return categories;
    }

    private static List<CategoryReport> RunOriginal(
        IngestOptions options, HealthInput input, RejectLog rejects, SinkWriter writer, IIngestProgress? progress, CancellationToken cancellationToken)
    {
        OriginalIngest original = new();
        for (int f = 0; f < input.Files.Count; f++)
        {
            byte[] bytes = ReadWhole(input.Files[f]);
            long before = original.Counts.Found.Sum();
            foreach (Reject reject in original.Read(input.Dialects[f].ReadAll(bytes, options.MaxRecordBytes), input.Categories[f], cancellationToken))
            {
                rejects.Add(f, reject);
            }

            progress?.Read(f, input.Files[f].PackedLength, original.Counts.Found.Sum() - before);
        }

        progress?.Reducing();
        foreach (SummaryBatch batch in original.Batches())
        {
            writer.Write(batch, cancellationToken);
        }

        return ReportCategories(input, rejects, c => original.Counts.Found[(int)c], c => original.Counts.Aggregated[(int)c]);
    }

    private static byte[] ReadWhole(SourceFile file)
    {
        file.Reach(Array.MaxLength + 1L);
        if (file.Length > Array.MaxLength)
        {
            throw new IngestException(
                $"{file.Path} has more bytes than the original mode can hold, {Array.MaxLength}.", "Use --mode optimized, which reads files of any size.");
        }

        byte[] bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }

    private static List<CategoryReport> ReportCategories(
        HealthInput input, RejectLog rejects, Func<Category, long> records, Func<Category, long> aggregated) =>
        [.. Enum.GetValues<Category>().Select(category => new CategoryReport(
            category,
            input.Infos.Count(i => i.Category == category),
            input.Infos.Where(i => i.Category == category).Sum(i => i.Bytes),
            records(category),
            aggregated(category),
            rejects.CountsOf(category)))];

    /// <summary>Every record read must be in a row, in a profile or in the rejects, or nothing is written.</summary>
    private static void CheckBalance(IReadOnlyList<CategoryReport> categories)
    {
        foreach (CategoryReport category in categories)
        {
            if (category.Records != category.Aggregated + category.Rejected)
            {
                throw new IngestException(
                    $"The balance of {category.Category.Name()} does not add up: {category.Records} records, "
                    + $"{category.Aggregated} aggregated, {category.Rejected} rejected. Nothing was written.",
                    "This is a bug in FastIngest: please report it with the input that shows it.");
            }
        }
    }

    /// <summary>Every record that is in a row must have been handed on as it is, where a sink takes them.</summary>
    private static void CheckRecords(IReadOnlyList<CategoryReport> categories, IReadOnlyList<long>? rows)
    {
        foreach (CategoryReport category in categories.Where(c => rows is not null && c.Category != Category.Users))
        {
            if (category.Aggregated != rows![(int)category.Category])
            {
                throw new IngestException(
                    $"The records of {category.Category.Name()} do not add up: {category.Aggregated} aggregated, "
                    + $"{rows[(int)category.Category]} handed to be stored. Nothing was written.",
                    "This is a bug in FastIngest: please report it with the input that shows it.");
            }
        }
    }

    private sealed record RunTotals(IReadOnlyList<CategoryReport> Categories, long Rows);
}
