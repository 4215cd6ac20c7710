using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>
/// A database of records, each with the entry that was made of it. Records are read on another thread than the one that makes
/// the other calls. The entries of a source change in transactions: after <see cref="BeginAsync"/> any number of
/// <see cref="MergeAsync"/> and a <see cref="FinishAsync"/>, each followed by <see cref="CommitAsync"/>. Changes that are not
/// committed are undone when the store is disposed.
/// </summary>
public interface IEntryStore : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <exception cref="IngestException">There is no such database, or it cannot be used.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>The registered sources, in the order of their ids.</summary>
    ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken);

    /// <summary>The id of a source's last record; 0 where it has none.</summary>
    ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken);

    /// <summary>The records of a source whose ids are above a position, each with its entry.</summary>
    ValueTask<IStoredRecords> ReadAsync(string source, long position, CancellationToken cancellationToken);

    /// <summary>Makes a comparer that detects unchanged entries; one for each worker.</summary>
    IStoredComparer MakeComparer(string source);

    /// <summary>Keeps other runs away from here on, and begins with a source.</summary>
    /// <param name="source">Its id.</param>
    /// <param name="rules">The rules by which its entries are made.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The position that an unfinished run by the same rules noted; 0 without one.</returns>
    ValueTask<long> BeginAsync(string source, string rules, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the entries of records that no longer make one, and writes changed entries. Of entries that are alike the one of
    /// the lowest record stays, unless duplicates are allowed.
    /// </summary>
    /// <param name="changed">Entries in the order of their records' ids.</param>
    /// <param name="failed">The ids of records whose entries go.</param>
    /// <param name="allowsDuplicates">Whether entries that are alike are all written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<EntryMerge> MergeAsync(EntryBatch changed, IReadOnlyList<long> failed, bool allowsDuplicates, CancellationToken cancellationToken);

    /// <summary>
    /// Removes entries like one before, which an earlier run was allowed to write, and marks all entries of the source as made by
    /// today's rules.
    /// </summary>
    /// <param name="position">Where the counts begin.</param>
    /// <param name="allowsDuplicates">Whether entries that are alike stay.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many entries above the position were removed, and how many there are now.</returns>
    ValueTask<(long Duplicates, long Entries)> FinishAsync(long position, bool allowsDuplicates, CancellationToken cancellationToken);

    /// <summary>Notes how far the source is done, or with null that it is finished, and commits.</summary>
    ValueTask CommitAsync(long? position, CancellationToken cancellationToken);

    /// <summary>
    /// A fault that passes by itself is waited out, a few times; the store is then as before <see cref="OpenAsync"/>.
    /// </summary>
    ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}

/// <summary>What a merge did.</summary>
/// <param name="Removed">Entries removed whose records no longer make one.</param>
/// <param name="Written">Changed entries written; the others are like an entry of an earlier record.</param>
/// <param name="Later">Records whose entries were removed, because one of those written is like them and of an earlier record.</param>
public readonly record struct EntryMerge(long Removed, long Written, IReadOnlyList<long> Later);

/// <summary>The raw entries of a source in the order of their ids, each with its entry.</summary>
public interface IStoredRecords : IDisposable
{
    /// <summary>The raw entry's id.</summary>
    long Id { get; }

    /// <summary>The record's bytes, until the next is asked for.</summary>
    ReadOnlySpan<byte> Record { get; }

    /// <summary>Its entry in the database's own form, likewise; empty where it has none.</summary>
    ReadOnlySpan<byte> Entry { get; }

    /// <summary>Goes to the next record; false behind the last one.</summary>
    /// <exception cref="IngestException">The database cannot be read.</exception>
    bool MoveNext();
}

/// <summary>Compares entries with those that are stored, whichever rules made them.</summary>
public interface IStoredComparer
{
    /// <summary>Sets <see cref="EntryRow.IsStoredSame"/>.</summary>
    void Compare(EntryBatch batch);
}
