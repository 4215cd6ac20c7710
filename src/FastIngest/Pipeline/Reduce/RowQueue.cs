using FastIngest.Health;

namespace FastIngest.Pipeline.Reduce;

/// <summary>
/// Orders the batches of partitions that are reduced concurrently, partition after partition. The number of batches is
/// bounded: workers wait for a free batch. The partition whose turn it is must always make progress; it may therefore
/// allocate one more batch when the writer holds none.
/// </summary>
internal sealed class RowQueue(int partitions, int capacity, Func<SummaryBatch> create)
{
    private readonly object _gate = new();
    private readonly Queue<SummaryBatch>[] _ready = [.. Enumerable.Range(0, partitions).Select(_ => new Queue<SummaryBatch>())];
    private readonly bool[] _complete = new bool[partitions];
    private readonly Stack<SummaryBatch> _free = [];
    private int _rented;
    private int _turn;
    private bool _isWriting, _stopped;

    /// <summary>Returns an empty batch for a partition; waits until one is free.</summary>
    /// <exception cref="OperationCanceledException">The queue was stopped.</exception>
    public SummaryBatch Rent(int partition)
    {
        lock (_gate)
        {
            while (!_stopped && MustWait(partition))
            {
                Monitor.Wait(_gate);
            }

            ThrowIfStopped();
            _rented++;
            return _free.Count > 0 ? _free.Pop() : create();
        }
    }

    /// <summary>Whether <see cref="Rent"/> would currently wait.</summary>
    public bool MustWait(int partition)
    {
        lock (_gate)
        {
            return _rented >= capacity && (partition != _turn || _isWriting || _ready[partition].Count > 0);
        }
    }

    /// <summary>Adds a filled batch.</summary>
    public void Add(int partition, SummaryBatch batch)
    {
        lock (_gate)
        {
            _ready[partition].Enqueue(batch);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Marks a partition as complete: it has no further batches.</summary>
    public void Complete(int partition)
    {
        lock (_gate)
        {
            _complete[partition] = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the next batch in order, which the caller must return; null after the last one.</summary>
    /// <exception cref="OperationCanceledException">The queue was stopped.</exception>
    public SummaryBatch? Take()
    {
        lock (_gate)
        {
            while (true)
            {
                ThrowIfStopped();
                if (_turn == partitions)
                {
                    return null;
                }

                if (_ready[_turn].TryDequeue(out SummaryBatch? batch))
                {
                    _isWriting = true;
                    return batch;
                }

                if (_complete[_turn])
                {
                    _turn++;
                    Monitor.PulseAll(_gate);
                }
                else
                {
                    Monitor.Wait(_gate);
                }
            }
        }
    }

    /// <summary>Returns a batch for reuse.</summary>
    public void Return(SummaryBatch batch)
    {
        batch.Reset();
        lock (_gate)
        {
            _rented--;
            _isWriting = false;
            if (_free.Count < capacity)
            {
                _free.Push(batch);
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends all current and future waits.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void ThrowIfStopped()
    {
        if (_stopped)
        {
            throw new OperationCanceledException();
        }
    }
}
