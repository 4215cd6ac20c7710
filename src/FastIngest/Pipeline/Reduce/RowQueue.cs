using FastIngest.Health;

namespace FastIngest.Pipeline.Reduce;

/// <summary>
/// Brings the batches of partitions that are reduced side by side into order, partition after partition. Batches are
/// limited in number: workers wait for one, except on the partition whose turn it is, which must always go on: it may have
/// one more whenever the writer has none left.
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

    /// <summary>An empty batch for a partition.</summary>
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

    /// <summary>Whether <see cref="Rent"/> would wait at present.</summary>
    public bool MustWait(int partition)
    {
        lock (_gate)
        {
            return _rented >= capacity && (partition != _turn || _isWriting || _ready[partition].Count > 0);
        }
    }

    /// <summary>Hands a filled batch over.</summary>
    public void Add(int partition, SummaryBatch batch)
    {
        lock (_gate)
        {
            _ready[partition].Enqueue(batch);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Says that a partition has no more batches.</summary>
    public void Complete(int partition)
    {
        lock (_gate)
        {
            _complete[partition] = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The next batch in order, which must be returned; null behind the last one.</summary>
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

    /// <summary>Gives a batch back for another use.</summary>
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

    /// <summary>Ends all waiting, now and later.</summary>
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
