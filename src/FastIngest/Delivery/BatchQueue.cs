using System.Threading.Channels;

namespace FastIngest.Delivery;

/// <summary>
/// A bounded queue of pages of pending summaries, which workers take in batches. Adding a page wakes a worker once per page
/// instead of once per batch, because waking a thread takes longer than a post (a few microseconds). Pages smaller than a
/// batch are combined if several of them are available.
/// </summary>
internal sealed class BatchQueue(int batchSize)
{
    /// <summary>The number of waiting pages besides the current one. They keep the workers busy while marks are written.</summary>
    public const int PagesMax = 4;

    private readonly Channel<ReadOnlyMemory<PendingSummary>> _pages = Channel.CreateBounded<ReadOnlyMemory<PendingSummary>>(PagesMax);
    private readonly Lock _lock = new();
    private ReadOnlyMemory<PendingSummary> _page;

    /// <summary>Adds a page; waits while the queue is full.</summary>
    public ValueTask AddAsync(ReadOnlyMemory<PendingSummary> page, CancellationToken cancellationToken) => _pages.Writer.WriteAsync(page, cancellationToken);

    /// <summary>Marks the queue as complete: no page is added afterwards.</summary>
    public void Complete() => _pages.Writer.TryComplete();

    /// <summary>Waits until <see cref="TryTake"/> may return a batch; false when the queue is complete and empty.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _pages.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next batch; false when no batch is available at the moment.</summary>
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

    /// <summary>Discards all pages until the queue is complete.</summary>
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
