using FastIngest.Health;

namespace FastIngest.Stored;

/// <summary>
/// Reads the daily summaries that a database holds; it writes nothing and creates nothing. Memory is bounded by a page.
/// Every page is a query of its own that continues after the last key of the page before: a load that commits in between
/// is seen from there on, and no row is read twice. Calls and enumerations of one reader never overlap, but may alternate.
/// Faults the user can act on are <see cref="IngestException"/>s.
/// </summary>
public interface ISummaryReader : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>Opens the database.</summary>
    /// <exception cref="IngestException">The database cannot be read, or it has no tables of daily summaries.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>How many summaries there are for a query at this moment.</summary>
    ValueTask<long> CountAsync(SummaryQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// The rows of a query, ordered by user id (by its UTF-8 bytes) and day. <see cref="DailySummary.Present"/> and
    /// <see cref="DailySummary.Parts"/> are not stored as columns and stay empty.
    /// </summary>
    /// <param name="query">Which rows.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages of at least one row. All of them are the same batch, which is filled anew: a page is valid until the next one is asked for.</returns>
    IAsyncEnumerable<SummaryBatch> ReadAsync(SummaryQuery query, CancellationToken cancellationToken);

    /// <summary>The users who have stored summaries, ordered by the UTF-8 bytes of their ids.</summary>
    /// <param name="pageRows">Users of a page, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages of at least one user. All of them are the same list: a page is valid until the next one is asked for.</returns>
    IAsyncEnumerable<IReadOnlyList<StoredUser>> ReadUsersAsync(int pageRows, CancellationToken cancellationToken);
}
