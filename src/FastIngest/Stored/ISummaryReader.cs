using FastIngest.Health;

namespace FastIngest.Stored;

/// <summary>
/// Reads the daily summaries of a database. It writes nothing and creates nothing. Memory is bounded by one page. Each page
/// is a separate query that continues after the last key of the previous page, so that no row is read twice. If a load
/// commits between two pages, the following pages include its rows. Calls and enumerations of one reader never overlap, but
/// may alternate. Faults that the user can fix are <see cref="IngestException"/>s.
/// </summary>
public interface ISummaryReader : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>Opens the database.</summary>
    /// <exception cref="IngestException">The database cannot be read, or it has no tables of daily summaries.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Counts the summaries that currently match a query.</summary>
    ValueTask<long> CountAsync(SummaryQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the rows of a query, ordered by user id (UTF-8 bytes) and day. <see cref="DailySummary.Present"/> and
    /// <see cref="DailySummary.Parts"/> are not stored as columns and stay empty.
    /// </summary>
    /// <param name="query">Selects the rows.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages of at least one row. All pages are the same batch object: a page is valid until the next one is requested.</returns>
    IAsyncEnumerable<SummaryBatch> ReadAsync(SummaryQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the users who have stored summaries, ordered by the UTF-8 bytes of their ids.</summary>
    /// <param name="pageRows">The maximum number of users in a page, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages of at least one user. All pages are the same list object: a page is valid until the next one is requested.</returns>
    IAsyncEnumerable<IReadOnlyList<StoredUser>> ReadUsersAsync(int pageRows, CancellationToken cancellationToken) => ReadUsersAsync(null, pageRows, cancellationToken);

    /// <summary>Reads users like the other overload.</summary>
    /// <param name="after">Only users with an id after this one are read; null for all.</param>
    /// <param name="pageRows">The maximum number of users in a page, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<IReadOnlyList<StoredUser>> ReadUsersAsync(string? after, int pageRows, CancellationToken cancellationToken);

    /// <summary>Reads the profiles of users, ordered by the UTF-8 bytes of their ids. A user with a profile may have no summaries, and the other way round.</summary>
    /// <param name="userId">Restricts the query to one user; null for all users.</param>
    /// <param name="pageRows">The maximum number of profiles in a page, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages of at least one profile. All pages are the same list object: a page is valid until the next one is requested.</returns>
    IAsyncEnumerable<IReadOnlyList<StoredProfile>> ReadProfilesAsync(string? userId, int pageRows, CancellationToken cancellationToken);

    /// <summary>Reads the runs that changed the database, the newest first.</summary>
    /// <param name="limit">The maximum number of runs, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    ValueTask<IReadOnlyList<StoredRun>> ReadRunsAsync(int limit, CancellationToken cancellationToken);
}
