using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>
/// A database whose records are cleaned once more, a source at a time: <see cref="OpenAsync"/>, then for each source
/// <see cref="BeginAsync"/>, <see cref="WriteAsync"/> any number of times, <see cref="FinishAsync"/>; or, to look at it alone,
/// <see cref="ReadAsync"/>. The records are read on another thread than the one that makes these calls.
/// </summary>
public interface IEntryStore : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>What became of the records of the source so far, those that an earlier, unfinished run did aside.</summary>
    EntryResult SoFar { get; }

    /// <summary>Entries that no longer pass and were removed.</summary>
    long Removed { get; }

    /// <exception cref="IngestException">There is no such database, or it cannot be used.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>One source, if it is registered, or all, in the order of their ids.</summary>
    /// <exception cref="IngestException">There is no such source.</exception>
    ValueTask<IReadOnlyList<string>> ChosenSourcesAsync(string? source, CancellationToken cancellationToken);

    /// <summary>The id of a source's last record; 0 where it has none.</summary>
    ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken);

    /// <summary>All records of a source, each with its entry.</summary>
    ValueTask<IStoredRecords> ReadAsync(string source, CancellationToken cancellationToken);

    /// <summary>Begins with a source, or goes on where an unfinished run by the same rules stands.</summary>
    /// <param name="source">Its id.</param>
    /// <param name="isAgain">Whether this very run was interrupted; its figures go on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IStoredRecords> BeginAsync(string source, bool isAgain, CancellationToken cancellationToken);

    /// <summary>Makes what tells entries that are stored as they would be written now; one for each worker.</summary>
    IStoredComparer MakeComparer(string source);

    /// <summary>Takes cleaned and compared records.</summary>
    ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken);

    /// <summary>Brings the rest of the source to its table.</summary>
    /// <exception cref="IngestException">The balance does not add up.</exception>
    ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken);

    /// <summary>A fault that passes by itself is waited out, a few times; the source is then to be begun again.</summary>
    ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}

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
