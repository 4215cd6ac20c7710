using FastIngest.Health;
using FastIngest.Stored;

namespace FastIngest.Delivery;

/// <summary>Defines the pages that an outbox reads, and turns their rows into pending summaries.</summary>
internal static class OutboxPage
{
    public const int MaxRows = 512;

    /// <summary>A page ends with the row that brings its texts and user ids to this many bytes.</summary>
    public const int FullBytes = 1 << 20;

    /// <summary>Selects all summaries, with only the columns that an API needs.</summary>
    public static SummaryQuery Query { get; } = new() { Content = SummaryContent.TextOnly, PageRows = MaxRows, PageBytes = FullBytes };

    /// <summary>Adds every row of a stored page. The summaries of a user share the bytes of the user id.</summary>
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
