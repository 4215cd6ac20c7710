using System.Threading.Channels;

namespace FastIngest.Sinks.Outbox;

/// <summary>
/// Pages of pending summaries, dealt out to workers in parcels. The reader is woken once a page, not once a parcel: a
/// post takes a few microseconds less than waking a thread.
/// </summary>
internal sealed class ParcelQueue(int parcelSize)
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

    /// <summary>Takes the next parcel; false when there is none at the moment.</summary>
    public bool TryTake(out ReadOnlyMemory<PendingSummary> parcel)
    {
        lock (_lock)
        {
            if (_next == _page.Length)
            {
                if (!_pages.Reader.TryRead(out PendingSummary[]? page))
                {
                    parcel = default;
                    return false;
                }

                (_page, _next) = (page, 0);
            }

            parcel = _page.AsMemory(_next, Math.Min(parcelSize, _page.Length - _next));
            _next += parcel.Length;
            return true;
        }
    }
}
