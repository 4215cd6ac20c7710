using FastIngest.Health;
using FastIngest.Pipeline.Runs;
using FastIngest.Shuffle;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Runs after the map: turns the stored records that a sink takes into the run (<see cref="SinkLane{TRun, TBatch, TFigures, TResult}.TakeStored"/>)
/// into events, as if a first file had them. They were accepted by an earlier run, so that no selection or check applies to them.
/// </summary>
internal sealed class StoredRecordStage(PartitionBoundaries boundaries, IShuffleStore store, RepeatRule repeats)
{
    /// <summary>The bytes of records, roughly, after which the events are stored.</summary>
    private const int ChunkBytes = 256 << 10;

    private readonly MapOutput _output = new(boundaries);
    private readonly EventWriter?[] _writers = new EventWriter?[Categories.Count];
    private readonly long[] _records = new long[Categories.Count];
    private Category _category;
    private int _chunkIndex;
    private long _bytes;

    /// <summary>The number of stored records that were taken into the run, by category.</summary>
    public IReadOnlyList<long> Records => _records;

    public void Run(IReadOnlyList<SummaryLane> lanes, CancellationToken cancellationToken)
    {
        foreach (SummaryLane lane in lanes)
        {
            lane.TakeStored(Receive, cancellationToken);
        }

        lanes.ThrowIfNoneIsLeft();
        Store();
    }

    private void Receive(Category category, scoped in RecordView record)
    {
        if (category != _category || _bytes >= ChunkBytes)
        {
            Store();
            _category = category;
        }

        EventWriter writer = _writers[(int)category] ??= new EventWriter(category) { KeepsTimes = repeats.Applies(category) };
        if (writer.Write(record, _output) is { } reason)
        {
            throw new InvalidOperationException($"A stored record of {category.Name()} is not accepted: {reason.Name()}.");
        }

        _records[(int)category]++;
        _bytes += record.UserId.Length + record.Text0.Length + record.Text1.Length + record.Text2.Length + record.Named.Names.Length
            + (sizeof(long) * (record.Numbers.Length + record.Named.Numbers.Length));
    }

    private void Store()
    {
        _writers[(int)_category]?.Flush(_output);
        foreach (int partition in _output.Touched)
        {
            store.Append(partition, RepeatRule.Origin(_category, RepeatRule.StoredFile, 0, _chunkIndex), _output[partition].Bytes);
        }

        _output.Clear();
        _chunkIndex++;
        _bytes = 0;
    }
}
