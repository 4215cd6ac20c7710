using System.Buffers.Binary;
using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>The outcome of a record.</summary>
internal enum EntryOutcome
{
    /// <summary>The record is not a JSON object. It is not stored.</summary>
    Rejected,

    /// <summary>A record with the same bytes is already stored.</summary>
    Repeated,

    /// <summary>The record is stored but has no valid entry.</summary>
    Invalid,

    /// <summary>The record is stored; the quality of its entry is below the minimum.</summary>
    BelowQuality,

    /// <summary>The record is stored; its entry duplicates an earlier one.</summary>
    Duplicate,

    /// <summary>The record is stored, and its entry is written.</summary>
    Written,

    /// <summary>The record is stored, and the same entry is already stored.</summary>
    Unchanged,

    /// <summary>The record is stored, and its entry, which points to another one, is written.</summary>
    Redirect,
}

/// <summary>Determines the outcome of each record, given the records before it, and counts the outcomes.</summary>
internal sealed class EntryClassifier(EntryPolicy policy)
{
    private readonly DigestSet _records = new();
    private readonly DigestSet _entries = new();
    private readonly EntryOutcomeCounter _counter = new();

    public EntryResult Result => _counter.Result;

    /// <summary>The number of records and entries whose digests are in memory.</summary>
    public long Remembered => _records.Count + _entries.Count;

    /// <summary>Returns the outcome of a record without regard to other records.</summary>
    public static EntryOutcome Classify(in EntryRow row, EntryPolicy policy) =>
        !row.IsLoaded ? EntryOutcome.Rejected
        : row.Status == CleaningStatus.Invalid ? EntryOutcome.Invalid
        : row.QualityHundredths < policy.MinQualityHundredths ? EntryOutcome.BelowQuality
        : row.IsRedirect ? EntryOutcome.Redirect
        : EntryOutcome.Written;

    /// <summary>Whether an entry is written.</summary>
    public static bool IsWritten(EntryOutcome outcome) => outcome is EntryOutcome.Written or EntryOutcome.Redirect;

    /// <summary>Returns the outcome of a stored record that was cleaned and compared, without regard to other records.</summary>
    public static EntryOutcome ClassifyStored(in EntryRow row, EntryPolicy policy) => Classify(row, policy) switch
    {
        EntryOutcome.Rejected => EntryOutcome.Invalid,
        EntryOutcome.Written or EntryOutcome.Redirect when row.IsStoredSame => EntryOutcome.Unchanged,
        EntryOutcome outcome => outcome,
    };

    /// <summary>The first half of the record's SHA-256, which is long enough to distinguish billions of records.</summary>
    private static UInt128 Digest(in EntryRow row) => BinaryPrimitives.ReadUInt128LittleEndian(row.Checksum);

    /// <summary>Prefetches the data for the next records. It only affects speed.</summary>
    public void Expect(ReadOnlySpan<EntryRow> rows)
    {
        foreach (ref readonly EntryRow row in rows)
        {
            if (row.IsLoaded)
            {
                _records.Expect(Digest(row));
                _entries.Expect(row.Key);
            }
        }
    }

    /// <summary>Returns the outcome of the next record. Records must arrive in input order.</summary>
    public EntryOutcome Next(in EntryRow row)
    {
        EntryOutcome outcome = Classify(row, policy);

        if (outcome != EntryOutcome.Rejected && !_records.Add(Digest(row)))
        {
            outcome = EntryOutcome.Repeated;
        }
        else if (IsWritten(outcome) && !policy.AllowsDuplicates && !_entries.Add(row.Key))
        {
            outcome = EntryOutcome.Duplicate;
        }

        _counter.Add(outcome);
        return outcome;
    }
}
