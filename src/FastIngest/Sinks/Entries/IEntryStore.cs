using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>
/// A database of records and the entries derived from them. One thread reads the records; another thread makes all other
/// calls. The entries of a source change in transactions: after <see cref="BeginAsync"/>, any number of
/// <see cref="MergeAsync"/> calls and one <see cref="FinishAsync"/>, each followed by <see cref="CommitAsync"/>. Disposing
/// the store rolls back uncommitted changes.
/// </summary>
public interface IEntryStore : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <exception cref="IngestException">The database does not exist or cannot be used.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>The registered sources, in the order of their ids.</summary>
    ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken);

    /// <summary>The id of a source's last record; 0 when it has none.</summary>
    ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken);

    /// <summary>The records of a source whose ids are above a position, each with its entry.</summary>
    ValueTask<IStoredRecords> ReadAsync(string source, long position, CancellationToken cancellationToken);

    /// <summary>Makes a comparer that detects unchanged entries; one for each worker.</summary>
    IStoredComparer CreateComparer(string source);

    /// <summary>Locks out other runs from now on, and begins with a source.</summary>
    /// <param name="source">The id of the source.</param>
    /// <param name="rules">The rules that derive its entries.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The position recorded by an interrupted run with the same rules; 0 without one.</returns>
    ValueTask<long> BeginAsync(string source, string rules, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the entries of records that no longer have a valid entry, and writes changed entries. Of duplicate entries the
    /// one with the lowest record id stays, unless duplicates are allowed.
    /// </summary>
    /// <param name="changed">Entries in the order of their records' ids.</param>
    /// <param name="failed">The ids of records whose entries are removed.</param>
    /// <param name="allowsDuplicates">Whether duplicate entries are all written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<EntryMerge> MergeAsync(EntryBatch changed, IReadOnlyList<long> failed, bool allowsDuplicates, CancellationToken cancellationToken);

    /// <summary>
    /// Removes duplicate entries that an earlier run was allowed to write, and marks all entries of the source as derived by
    /// the current rules.
    /// </summary>
    /// <param name="position">The record id after which removed entries are counted.</param>
    /// <param name="allowsDuplicates">Whether duplicate entries stay.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of entries removed above the position, and the number of all remaining entries.</returns>
    ValueTask<(long Duplicates, long Entries)> FinishAsync(long position, bool allowsDuplicates, CancellationToken cancellationToken);

    /// <summary>Records the position in the source, or null when the source is finished, and commits.</summary>
    ValueTask CommitAsync(long? position, CancellationToken cancellationToken);

    /// <summary>
    /// Waits out a transient fault, a few times. The store is then in the same state as before <see cref="OpenAsync"/>.
    /// </summary>
    ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}

/// <summary>The results of a merge.</summary>
/// <param name="Removed">Entries removed because their records no longer have a valid entry.</param>
/// <param name="Written">Changed entries written; the others duplicate an entry of an earlier record.</param>
/// <param name="Redirects">The number of written entries that point to another entry.</param>
/// <param name="Later">Records whose entries were removed because a written entry of an earlier record duplicates them.</param>
public readonly record struct EntryMerge(long Removed, long Written, long Redirects, IReadOnlyList<long> Later);

/// <summary>The stored records of a source in id order, each with its entry.</summary>
public interface IStoredRecords : IDisposable
{
    /// <summary>The id of the record.</summary>
    long Id { get; }

    /// <summary>The bytes of the record; valid until the next <see cref="MoveNext"/>.</summary>
    ReadOnlySpan<byte> Record { get; }

    /// <summary>The record's entry in the format of the database; empty when it has none. Valid until the next <see cref="MoveNext"/>.</summary>
    ReadOnlySpan<byte> Entry { get; }

    /// <summary>Moves to the next record; false after the last one.</summary>
    /// <exception cref="IngestException">The database cannot be read.</exception>
    bool MoveNext();
}

/// <summary>Compares entries with the stored ones, whichever rules derived those.</summary>
public interface IStoredComparer
{
    /// <summary>Sets <see cref="EntryRow.IsStoredSame"/> in each row.</summary>
    void Compare(EntryBatch batch);
}
