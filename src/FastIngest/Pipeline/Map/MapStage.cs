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
    IngestOptions options, MemoryPlan memory, IReadOnlyList<FilePlan> plans, PartitionBoundaries boundaries,
    PartitionStore store, RejectLog rejects, FieldLog fields, IReadOnlyList<SummaryLane> lanes, IIngestProgress? progress)
{
    private readonly FileChain[] _chains = [.. plans.Select(p => new FileChain(p.Head))];
    private readonly Lock _gate = new();
    private readonly long[] _records = new long[Categories.Count];
    private int _fileIndex;
    private int _chunkIndex;

    /// <summary>The number of records read so far, by category.</summary>
    public IReadOnlyList<long> Records => _records;

    /// <summary>The number of records passed to sinks that store records, by category; null without such a sink.</summary>
    public IReadOnlyList<long>? RecordRows { get; private set; }

    public void Run(CancellationToken cancellationToken)
    {
        Func<RecordBatch>[] batches =
            [.. lanes.Select(l => l.RecordFormat).OfType<IRecordFormat>().Distinct().Select(f => f.CreateBatches(memory.RecordPieceBytes))];
        bool takesRecords = batches.Length > 0;
        using Pool<ChunkResult> results = new(memory.ChunkResults, () => new ChunkResult(boundaries, [.. batches.Select(create => create())]));
        using RecordWriter? records = takesRecords ? new RecordWriter(lanes, GiveBack) : null;
        int readers = memory.Workers;
        int roles = takesRecords ? 1 : 0;
        Workers.Run(memory.Workers + roles, "map", Work, cancellationToken);
        RecordRows = records?.Rows;

        // Release the files now, so that another program can write them during the reduce.
        foreach (FilePlan plan in plans)
        {
            plan.File.StopMapping();
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
                if (!TakeChunk(result))
                {
                    results.Return(result);
                    return;
                }

                FilePlan plan = plans[result.FileIndex];
                worker.Read(plan, result.ChunkIndex == 0 ? plan.Head : null, result, token);
                _chains[result.FileIndex].Submit(
                    result,
                    (wrong, start) => Redo(worker, wrong, start, token),
                    right =>
                    {
                        Commit(right);
                        if (right.BatchRows > 0)
                        {
                            records!.Add(right);
                        }
                        else
                        {
                            GiveBack(right);
                        }
                    });
            }
        }
    }

    private bool TakeChunk(ChunkResult result)
    {
        lock (_gate)
        {
            while (_fileIndex < plans.Count && !plans[_fileIndex].HasChunk(_chunkIndex))
            {
                _fileIndex++;
                _chunkIndex = 0;
            }

            if (_fileIndex == plans.Count)
            {
                return false;
            }

            result.FileIndex = _fileIndex;
            result.ChunkIndex = _chunkIndex++;
            return true;
        }
    }

    private void Redo(MapWorker worker, ChunkResult result, FramePosition start, CancellationToken token)
    {
        FilePlan plan = plans[result.FileIndex];
        if (start.State == FrameState.Done || start.Offset >= plan.EndOf(result.ChunkIndex))
        {
            // A record, or ignored bytes, that began in an earlier chunk covers the whole chunk.
            result.Clear();
            result.Output.Start = result.Output.End = start;
            return;
        }

        worker.Read(plan, start, result, token);
    }

    private void Commit(ChunkResult result)
    {
        FilePlan plan = plans[result.FileIndex];
        ChunkOutput output = result.Output;
        SegmentId id = new((int)plan.Category, result.FileIndex, result.ChunkIndex);
        foreach (int partition in output.Events.Touched)
        {
            store.Append(partition, id, output.Events[partition].Bytes);
        }

        foreach (Reject reject in output.Rejects)
        {
            rejects.Add(result.FileIndex, reject);
        }

        fields.Add(result.FileIndex, plan.Category, output.Fields, output.Records, output.Rejects);
        Interlocked.Add(ref _records[(int)plan.Category], output.Records);
        long start = plan.StartOf(result.ChunkIndex), end = plan.EndOf(result.ChunkIndex);
        progress?.Read(result.FileIndex, plan.File.PackedBytesTo(end) - plan.File.PackedBytesTo(start), output.Records);
        plan.File.ReleaseBefore(Math.Min(end, output.End.Offset));
    }
}
