using System.Threading.Channels;

namespace FastIngest.Delivery;

/// <summary>
/// Pages of pending summaries, dealt out to workers in batches. The writer is woken once a page, not once a batch: a
/// post takes a few microseconds less than waking a thread. Pages that are smaller than a batch are put together as far as
/// they are at hand.
/// </summary>
internal sealed class BatchQueue(int batchSize)
{
    /// <summary>Pages that wait besides the one that is dealt out: enough to go on with while marks are written.</summary>
    public const int PagesMax = 4;

    private readonly Channel<ReadOnlyMemory<PendingSummary>> _pages = Channel.CreateBounded<ReadOnlyMemory<PendingSummary>>(PagesMax);
    private readonly Lock _lock = new();
    private ReadOnlyMemory<PendingSummary> _page;

    /// <summary>Adds a page as soon as there is room.</summary>
    public ValueTask AddAsync(ReadOnlyMemory<PendingSummary> page, CancellationToken cancellationToken) => _pages.Writer.WriteAsync(page, cancellationToken);

    /// <summary>Says that nothing more is to come.</summary>
    public void Complete() => _pages.Writer.TryComplete();

    /// <summary>Waits until <see cref="TryTake"/> may find something; false when it never will again.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _pages.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next batch; false when there is none at the moment.</summary>
    public bool TryTake(out ReadOnlyMemory<PendingSummary> batch)
    {
        lock (_lock)
        {
            batch = Take(batchSize);
            while (batch.Length < batchSize && _pages.Reader.TryRead(out _page))
            {
                ReadOnlyMemory<PendingSummary> more = Take(batchSize - batch.Length);
                batch = batch.IsEmpty ? more : (PendingSummary[])[.. batch.Span, .. more.Span];
            }

            return !batch.IsEmpty;
        }
    }

    /// <summary>Takes away everything that comes until the queue is complete.</summary>
    public async ValueTask DrainAsync()
    {
        do
        {
            while (TryTake(out ReadOnlyMemory<PendingSummary> batch))
            {
                foreach (PendingSummary summary in batch.Span)
                {
                    summary.FreeContent();
                }
            }
        }
        while (await WaitAsync(CancellationToken.None).ConfigureAwait(false));
    }

    private ReadOnlyMemory<PendingSummary> Take(int max)
    {
        ReadOnlyMemory<PendingSummary> taken = _page[..Math.Min(max, _page.Length)];
        _page = _page[taken.Length..];
        return taken;
    }
}
