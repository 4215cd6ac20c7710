using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// The map stage: workers read chunks in file order and store the events in the partition store.
/// <code>
/// worker 1 ─ chunk 0 ─ chunk 2 ───────── chunk 4 ─►
/// worker 2 ─── chunk 1 ───── chunk 3 ─ redo 3 ────►   1. rent a free result, then take the next chunk
///                 │             │                     2. guess the start of the chunk and read it
/// chain    ── 0 ─ 1 ─── 2 ───── 3 ── 4 ───────────►   3. submit it to the file's chain, which commits in order
/// </code>
/// The number of results is bounded. A worker rents a result before it takes a chunk, so that the oldest chunk always has one.
/// </summary>
internal sealed class MapStage(
    IngestOptions options, MemoryPlan memory, IReadOnlyList<MapRange> ranges, PartitionBoundaries boundaries,
    IShuffleStore store, IRejectLog rejects, FieldLog fields, IReadOnlyList<SummaryLane> lanes, IIngestProgress? progress)
{
    /// <summary>The number of bytes after a chunk that its last record usually needs, decompressed together with the chunk.</summary>
    private const int OverrunBytes = 64 * 1024;

    /// <summary>The time in milliseconds between two checks for cancellation, while all files are being decompressed.</summary>
    private const int WaitMs = 50;

    private readonly List<Part> _parts = [.. ranges.Select(r => new Part(r))];
    private readonly SortedList<(int File, int Part), UnreadFile[]> _unread = [];
    private readonly object _gate = new();
    private readonly long[] _records = new long[Categories.Count];
    private readonly long[] _filtered = new long[Categories.Count];
    private long _passedOver, _utcStamps;
    private int _partIndex;

    /// <summary>The number of records read so far, by category.</summary>
    public IReadOnlyList<long> Records => _records;

    /// <summary>The number of these records outside the selection, by category.</summary>
    public IReadOnlyList<long> Filtered => _filtered;

    /// <summary>The number of records of the category <see cref="Category.Samples"/> that no dialect reads.</summary>
    public long PassedOver => _passedOver;

    /// <summary>The number of stamps whose day is that of UTC, because no time zone was chosen.</summary>
    public long UtcStamps => _utcStamps;

    /// <summary>The values in files that are not read, in file order.</summary>
    public IEnumerable<UnreadFile> Unread => _unread.Values.SelectMany(u => u);

    /// <summary>Where the ranges that are parts of files start and end, in their order.</summary>
    public IEnumerable<RangeOutcome> Outcomes => _parts.Where(p => !p.Range.IsWhole)
        .Select(p => new RangeOutcome(p.Plan.FileIndex, p.Range.FirstChunk, p.Chain.Start, p.Chain.End));

    /// <summary>The number of records passed to sinks that store records, by category; null without such a sink.</summary>
    public IReadOnlyList<long>? RecordRows { get; private set; }

    public void Run(CancellationToken cancellationToken)
    {
        Func<RecordBatch>[] batches =
            [.. lanes.Select(l => l.RecordFormat).OfType<IRecordFormat>().Distinct().Select(f => f.CreateBatches(memory.RecordPieceBytes))];
        bool takesRecords = batches.Length > 0;
        using Pool<ChunkResult> results = new(memory.ChunkResults, () => new ChunkResult(boundaries, batches));
        using RecordWriter? records = takesRecords ? new RecordWriter(lanes, GiveBack) : null;
        int readers = memory.Workers;
        int roles = takesRecords ? 1 : 0;
        Workers.Run(memory.Workers + roles, "map", Work, cancellationToken);
        RecordRows = records?.Rows;

        // Release the files now, so that another program can write them during the reduce.
        foreach (MapRange range in ranges)
        {
            range.Plan.File.StopMapping();
        }

        void Work(CancellationToken token)
        {
            if (records is not null && Interlocked.Decrement(ref roles) == 0)
            {
                records.Run(token);
                return;
            }

            MapChunks(token);
            if (Interlocked.Decrement(ref readers) == 0)
            {
                records?.Complete();
            }
        }

        void GiveBack(ChunkResult result)
        {
            result.Clear();
            results.Return(result);
        }

        void MapChunks(CancellationToken token)
        {
            using MapWorker worker = new(options);
            while (true)
            {
                ChunkResult result = results.Rent(token);
                if (TakeChunk(result, token) is not { } part)
                {
                    results.Return(result);
                    return;
                }

                ReadFirst(worker, part, result, token);
                part.Chain.Submit(
                    result,
                    (wrong, start) => Redo(worker, part.Plan, wrong, start, token),
                    right =>
                    {
                        Commit(part, right);
                        if (right.Batches.Any())
                        {
                            records!.Add(right);
                        }
                        else
                        {
                            GiveBack(right);
                        }
                    });
                FinishIfComplete(part);
            }
        }
    }

    /// <summary>Takes the next chunk; null when there is none, now and later.</summary>
    private Part? TakeChunk(ChunkResult result, CancellationToken cancellationToken)
    {
        while (true)
        {
            Part? part;
            bool isTaken = false;
            lock (_gate)
            {
                part = ChoosePart(cancellationToken);
                if (part is null)
                {
                    return null;
                }

                part.IsReserved = part.Plan.File.IsPacked;
                isTaken = !part.IsReserved && TryTake(part, HasChunk(part), result);
            }

            if (part.Plan.File.IsPacked)
            {
                // After an error the part stays reserved, and the other workers wait for the end of the run.
                bool hasChunk = Unpack(part);
                lock (_gate)
                {
                    isTaken = TryTake(part, hasChunk, result);
                    part.IsReserved = false;
                    Monitor.PulseAll(_gate);
                }
            }

            if (isTaken)
            {
                return part;
            }

            FinishIfComplete(part);
        }
    }

    /// <summary>
    /// Returns the first part that may have a further chunk: while one worker decompresses the next chunk of a file, the others
    /// continue with other files, or help. Null when there is none, now and later.
    /// </summary>
    private Part? ChoosePart(CancellationToken cancellationToken)
    {
        for (bool mayHelp = true; ;)
        {
            while (_partIndex < _parts.Count && _parts[_partIndex].IsTaken)
            {
                _partIndex++;
            }

            if (_partIndex == _parts.Count)
            {
                return null;
            }

            int unpacked = 0;
            Part? reserved = null;
            for (int i = _partIndex; i < _parts.Count && unpacked < memory.UnpackedFiles; i++)
            {
                Part part = _parts[i];
                if (!part.IsTaken && !part.IsReserved)
                {
                    return part;
                }

                reserved ??= part.IsReserved ? part : null;
                unpacked += part.IsFinished ? 0 : 1;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (mayHelp && reserved is not null)
            {
                // Look once more before waiting: the part may be free by now.
                mayHelp = UnpackAhead(reserved);
            }
            else
            {
                Monitor.Wait(_gate, WaitMs);
                mayHelp = true;
            }
        }
    }

    /// <summary>Decompresses bytes of a part that another worker or a later chunk needs, without the lock; false when there is nothing to do.</summary>
    private bool UnpackAhead(Part part)
    {
        Monitor.Exit(_gate);
        try
        {
            return part.Plan.File.UnpackAhead(memory.UnpackAheadBytes);
        }
        finally
        {
            Monitor.Enter(_gate);
        }
    }

    private static bool HasChunk(Part part) => !part.IsEnded && part.TakenTo < part.Range.EndChunk && part.Plan.HasChunk(part.TakenTo);

    /// <summary>Decompresses the next chunk of a part; false when there is none.</summary>
    private static bool Unpack(Part part)
    {
        FilePlan plan = part.Plan;
        bool hasChunk = HasChunk(part);
        if (hasChunk && plan.ChunkBytes != FilePlan.OneChunk)
        {
            plan.File.Reach(plan.StartOf(part.TakenTo) + plan.ChunkBytes + OverrunBytes);
        }

        return hasChunk;
    }

    private static bool TryTake(Part part, bool hasChunk, ChunkResult result)
    {
        part.IsTaken = !hasChunk;
        if (hasChunk)
        {
            result.FileIndex = part.Plan.FileIndex;
            result.ChunkIndex = part.TakenTo++;
        }

        return hasChunk;
    }

    /// <summary>
    /// Ends a part when all its chunks are committed; adds the next part of the file. The worker that calls this takes further
    /// chunks afterwards, so that a part which is added here is always read.
    /// </summary>
    private void FinishIfComplete(Part part)
    {
        lock (_gate)
        {
            if (!part.IsTaken || part.IsFinished || part.Chain.CommittedTo != part.TakenTo)
            {
                return;
            }

            part.IsFinished = true;
        }

        if (!part.Range.IsWhole)
        {
            // Only the step that knows the end of the last range can finish the file.
            return;
        }

        PartEnd end = part.Plan.Finish(part.Chain.End!.Value);
        if (end.IsCutOff && rejects.AddCutOff(part.Plan))
        {
            Interlocked.Increment(ref _records[(int)part.Plan.Category]);
        }

        rejects.Close(part.Plan);
        if (end.Next is null)
        {
            part.Plan.File.Finish();
        }

        lock (_gate)
        {
            if (end.Unread.Count > 0)
            {
                _unread.Add((part.Plan.FileIndex, part.Plan.Part), [.. end.Unread]);
            }

            if (end.Next is not null)
            {
                _parts.Add(new Part(MapRange.Whole(end.Next)));
            }
        }
    }

    /// <summary>Reads a chunk for the first time: from the known start of its range, or from a guessed start.</summary>
    private static void ReadFirst(MapWorker worker, Part part, ChunkResult result, CancellationToken token)
    {
        if (part.Range.FirstChunk > 0 && result.ChunkIndex == part.Range.FirstChunk && part.Range.Start is { } start)
        {
            Redo(worker, part.Plan, result, start, token);
        }
        else
        {
            worker.Read(part.Plan, result.ChunkIndex == 0 ? part.Plan.Head : null, result, token);
        }
    }

    private static void Redo(MapWorker worker, FilePlan plan, ChunkResult result, FramePosition start, CancellationToken token)
    {
        if (start.State.IsDone() || start.Offset >= plan.EndOf(result.ChunkIndex))
        {
            // A record, or ignored bytes, that began in an earlier chunk covers the whole chunk.
            result.Clear();
            result.Output.Start = result.Output.End = start;
            return;
        }

        worker.Read(plan, start, result, token);
    }

    private void Commit(Part part, ChunkResult result)
    {
        FilePlan plan = part.Plan;
        ChunkOutput output = result.Output;
        part.IsEnded |= output.Start is not null && output.End.State.IsDone();
        Store(plan.Category, output.Events, part, result);
        foreach (CategoryOutput other in output.Others)
        {
            Store(other.Category, other.Events, part, result);
            fields.Add(result.FileIndex, other.Category, other.Fields);
            Interlocked.Add(ref _records[(int)other.Category], other.Records);
            Interlocked.Add(ref _filtered[(int)other.Category], other.Filtered);
        }

        foreach (Reject reject in output.Rejects)
        {
            rejects.Add(plan, reject);
        }

        fields.Add(result.FileIndex, plan.Category, output.Fields, output.AllRecords, output.Rejects);
        Interlocked.Add(ref _records[(int)plan.Category], output.Records);
        Interlocked.Add(ref _filtered[(int)plan.Category], output.Filtered);
        Interlocked.Add(ref _passedOver, output.PassedOver);
        Interlocked.Add(ref _utcStamps, output.UtcStamps);
        long start = plan.StartOf(result.ChunkIndex), end = plan.EndOf(result.ChunkIndex);
        progress?.Read(result.FileIndex, plan.File.PackedBytesTo(end) - plan.File.PackedBytesTo(start), output.AllRecords);
        plan.File.ReleaseBefore(Math.Min(end, output.End.Offset));
    }

    private void Store(Category category, MapOutput events, Part part, ChunkResult result)
    {
        SegmentId id = RepeatRule.Origin(category, part.Plan.FileIndex, part.Plan.Part, result.ChunkIndex);
        foreach (int partition in events.Touched)
        {
            store.Append(partition, id, events[partition].Bytes);
        }
    }

    /// <summary>A part of a file, or a range of its chunks, that is being read.</summary>
    private sealed class Part(MapRange range)
    {
        private volatile bool _isEnded;

        public MapRange Range => range;

        public FilePlan Plan => range.Plan;

        public FileChain Chain { get; } = new(range.Start, range.FirstChunk);

        /// <summary>The index of the chunk after the last one that a worker has taken.</summary>
        public int TakenTo { get; set; } = range.FirstChunk;

        /// <summary>Whether a worker decompresses the next chunk; that worker alone may take it.</summary>
        public bool IsReserved { get; set; }

        /// <summary>Whether no further chunk will be taken.</summary>
        public bool IsTaken { get; set; }

        /// <summary>Whether the records have ended before the end of the file.</summary>
        public bool IsEnded
        {
            get => _isEnded;
            set => _isEnded = value;
        }

        public bool IsFinished { get; set; }
    }
}
