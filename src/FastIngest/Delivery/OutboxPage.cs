using FastIngest.Health;
using FastIngest.Stored;

namespace FastIngest.Delivery;

/// <summary>How much of a database is read at a time, and what of it is on its way to an API.</summary>
internal static class OutboxPage
{
    public const int MaxRows = 512;

    /// <summary>A page ends with the summary whose text, and user id, makes it this large.</summary>
    public const int FullBytes = 1 << 20;

    /// <summary>All summaries, without what an API does not need.</summary>
    public static SummaryQuery Query { get; } = new() { Content = SummaryContent.TextOnly, PageRows = MaxRows, PageBytes = FullBytes };

    /// <summary>Adds every row of a stored page; the days of a user share the bytes of the id.</summary>
    public static void Add(SummaryBatch stored, List<PendingSummary> page)
    {
        byte[] userId = [];
        foreach (ref readonly DailySummary row in stored.Rows)
        {
            ReadOnlySpan<byte> id = stored.Text(row.Texts[TextSlot.UserId]);
            if (!id.SequenceEqual(userId))
            {
                userId = id.ToArray();
            }

            page.Add(new PendingSummary(userId, row.Day, stored.Text(row.Texts[TextSlot.Summary])));
        }
    }
}
