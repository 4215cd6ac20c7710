namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>Several runs as one.</summary>
internal sealed class MergedRun : RecordRun, IComparer<RecordRun>
{
    private readonly IReadOnlyList<RecordRun> _runs;
    private readonly EntryOrder _order;
    private readonly PriorityQueue<RecordRun, RecordRun> _queue;
    private RecordRun? _current;

    /// <param name="runs">The runs, before their first entries. They are disposed with this one.</param>
    /// <param name="order">The order of their entries.</param>
    public MergedRun(IReadOnlyList<RecordRun> runs, EntryOrder order)
    {
        _runs = runs;
        _order = order;
        _queue = new PriorityQueue<RecordRun, RecordRun>(runs.Count, this);
        foreach (RecordRun run in runs)
        {
            if (run.Next())
            {
                _queue.Enqueue(run, run);
            }
        }
    }

    public override ReadOnlySpan<byte> Current => _current!.Current;

    public override bool Next()
    {
        // The run of the current entry is not in the queue, so that one comparison is enough if its next entry comes first.
        if (_current is { } last && last.Next())
        {
            _current = _queue.EnqueueDequeue(last, last);
            return true;
        }

        return _queue.TryDequeue(out _current, out _);
    }

    public override void Dispose()
    {
        foreach (RecordRun run in _runs)
        {
            run.Dispose();
        }

        base.Dispose();
    }

    int IComparer<RecordRun>.Compare(RecordRun? x, RecordRun? y) => _order.Compare(x!.Current, y!.Current);
}
