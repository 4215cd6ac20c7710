using System.Threading.Channels;

namespace FastIngest.Delivery;

/// <summary>
/// Pages of pending summaries, dealt out to workers in batches. The reader is woken once a page, not once a batch: a
/// post takes a few microseconds less than waking a thread.
/// </summary>
internal sealed class BatchQueue(int batchSize)
{
    /// <summary>Pages that wait besides the one that is dealt out: enough to go on with while marks are written.</summary>
    private const int PagesMax = 4;

    private readonly Channel<PendingSummary[]> _pages = Channel.CreateBounded<PendingSummary[]>(new BoundedChannelOptions(PagesMax) { SingleWriter = true });
    private readonly Lock _lock = new();
    private PendingSummary[] _page = [];
    private int _next;

    /// <summary>Adds a page as soon as there is room.</summary>
    public ValueTask AddAsync(PendingSummary[] page, CancellationToken cancellationToken) => _pages.Writer.WriteAsync(page, cancellationToken);

    /// <summary>Says that nothing more is to come.</summary>
    public void Complete() => _pages.Writer.TryComplete();

    /// <summary>Waits until <see cref="TryTake"/> may find something; false when it never will again.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _pages.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next batch; false when there is none at the moment.</summary>
    public bool TryTake(out ReadOnlyMemory<PendingSummary> batch)
    {
        lock (_lock)
        {
            if (_next == _page.Length)
            {
                if (!_pages.Reader.TryRead(out PendingSummary[]? page))
                {
                    batch = default;
                    return false;
                }

                (_page, _next) = (page, 0);
            }

            batch = _page.AsMemory(_next, Math.Min(batchSize, _page.Length - _next));
            _next += batch.Length;
            return true;
        }
    }
}
