namespace FastIngest.Delivery;

/// <summary>
/// A database of daily summaries seen as requests to one API: which of them it does not have as they are now, and the
/// table <c>deliveries</c> that says so. Calls never overlap. Faults the user can act on are <see cref="IngestException"/>s.
/// <code>
/// no row, or neither hash is the summary's    to be sent
/// delivered_md5 is the summary's              the API has it
/// refused_md5 is the summary's                the API will not have it, and is not asked again
/// </code>
/// </summary>
internal interface IOutbox : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>All stored summaries, known when it is open.</summary>
    long Total { get; }

    /// <summary>Summaries that the API has as they are; complete at the end of reading.</summary>
    long Unchanged { get; }

    /// <summary>Summaries that the API refused in an earlier run and that are as they were; complete at the end of reading.</summary>
    long StillRefused { get; }

    /// <summary>Opens the database and makes <c>deliveries</c> where it is missing.</summary>
    /// <param name="target">The API's name in <c>deliveries</c>, without any secret.</param>
    /// <param name="retryRefused">Whether what was refused is to be sent again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask OpenAsync(string target, bool retryRefused, CancellationToken cancellationToken);

    /// <summary>Adds the next summaries to be sent, in the order of their key; false at the end, when nothing was added.</summary>
    ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken);

    /// <summary>Writes down, in one transaction, what became of summaries.</summary>
    ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken);

    /// <summary>Some of the summaries that stand refused, in the order of their key.</summary>
    ValueTask<IReadOnlyList<Refusal>> ReadRefusedAsync(int max, CancellationToken cancellationToken);
}

/// <param name="UserId">Whose summary.</param>
/// <param name="Date">Of which day, <c>YYYY-MM-DD</c>.</param>
/// <param name="Reason">What the API said.</param>
public sealed record Refusal(string UserId, string Date, string Reason);
