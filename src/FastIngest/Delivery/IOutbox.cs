namespace FastIngest.Delivery;

/// <summary>
/// The pending summaries of a database for one API, and the table that records the outcome for each summary: for
/// <c>deliveries</c>, see <see cref="OutboxTable"/> for the other one. Calls never overlap. Faults that the user can fix are <see cref="IngestException"/>s.
/// <code>
/// no row, or neither hash is the summary's    the summary is pending
/// delivered_md5 is the summary's              the API has the summary
/// refused_md5 is the summary's                the API rejected the summary; it is not sent again
/// </code>
/// If vectors are sent, the hashes are those of the text and the vector, <c>vector_hash</c> and <c>refused_md5</c>.
/// </summary>
internal interface IOutbox : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>The number of all stored summaries, available after <see cref="OpenAsync"/>.</summary>
    long Total { get; }

    /// <summary>Summaries that the API already has in their current form; complete at the end of reading.</summary>
    long Unchanged { get; }

    /// <summary>Unchanged summaries that the API rejected in an earlier run; complete at the end of reading.</summary>
    long StillRejected { get; }

    /// <summary>The name of the model whose vectors are read with the summaries, and their count of numbers; null when none are read.</summary>
    (string Name, int Dimensions)? VectorModel => null;

    /// <summary>Opens the database and creates the table of outcomes if it is missing.</summary>
    /// <param name="target">The API's name in the table, without any secret.</param>
    /// <param name="retryRejected">Whether rejected summaries are sent once more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask OpenAsync(string target, bool retryRejected, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the next pending summaries in key order; false at the end, when nothing was added. If vectors are sent, a summary
    /// without a vector of its current text is pending, too, and its <see cref="PendingSummary.Vector"/> is empty.
    /// </summary>
    ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken);

    /// <summary>Records the outcomes of summaries in one transaction.</summary>
    ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken);

    /// <summary>Prepares what was stored for fast searches, after everything is marked.</summary>
    /// <returns>A sentence about that for the user; null when there is nothing to say.</returns>
    ValueTask<string?> PrepareSearchAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Adds all rejected summaries to groups, in key order. It clears the groups first.</summary>
    ValueTask ReadRejectedAsync(RejectionGroups groups, CancellationToken cancellationToken);
}
