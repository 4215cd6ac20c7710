namespace FastIngest.Stored;

/// <summary>
/// Removes everything that is stored of users from one target. It can be repeated: what is gone already counts as 0 rows.
/// Faults that the user can fix are <see cref="IngestException"/>s.
/// </summary>
public interface IUserErasure : IAsyncDisposable
{
    /// <summary>The target as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>Removes the users, or counts what would be removed.</summary>
    /// <param name="userIds">The ids of the users as the target has them.</param>
    /// <param name="isDryRun">Whether the rows are only counted.</param>
    /// <param name="cancellationToken">Ends the work; a database then stays as it was.</param>
    /// <returns>The rows of each table, or a note for the user.</returns>
    ValueTask<IReadOnlyList<ErasedRows>> EraseAsync(IReadOnlyList<string> userIds, bool isDryRun, CancellationToken cancellationToken);
}

/// <param name="Table">The table, or what the target has instead.</param>
/// <param name="Rows">The number of rows; null when the target does not say.</param>
/// <param name="Note">What the user has to do; null for nothing.</param>
public sealed record ErasedRows(string Table, long? Rows, string? Note = null);
