using System.Buffers.Binary;
using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>What becomes of a record.</summary>
internal enum EntryOutcome
{
    /// <summary>Not JSON, or no object: never kept.</summary>
    Rejected,

    /// <summary>Its bytes were there before.</summary>
    Repeated,

    /// <summary>Kept, but makes no entry.</summary>
    Invalid,

    /// <summary>Kept; its entry is of too little quality.</summary>
    BelowQuality,

    /// <summary>Kept; its entry is like one before.</summary>
    Duplicate,

    /// <summary>Kept, and its entry is written.</summary>
    Written,

    /// <summary>Kept, and its entry stands there already as it would be written.</summary>
    Unchanged,
}

/// <summary>Decides what becomes of records, given those before them, and counts.</summary>
internal sealed class EntryClassifier(EntryPolicy policy)
{
    private readonly DigestSet _records = new();
    private readonly DigestSet _entries = new();
    private readonly EntryOutcomeCounter _counter = new();

    public EntryResult Result => _counter.Result;

    /// <summary>Records and entries that it remembers.</summary>
    public long Remembered => _records.Count + _entries.Count;

    /// <summary>What becomes of a record by itself, wherever it stands.</summary>
    public static EntryOutcome Classify(in EntryRow row, EntryPolicy policy) =>
        !row.IsLoaded ? EntryOutcome.Rejected
        : row.Status == CleaningStatus.Invalid ? EntryOutcome.Invalid
        : row.QualityHundredths < policy.MinQualityHundredths ? EntryOutcome.BelowQuality
        : EntryOutcome.Written;

    /// <summary>What becomes of a record that is stored, and was cleaned and compared once more, by itself.</summary>
    public static EntryOutcome ClassifyStored(in EntryRow row, EntryPolicy policy) => Classify(row, policy) switch
    {
        EntryOutcome.Rejected => EntryOutcome.Invalid,
        EntryOutcome.Written when row.IsStoredSame => EntryOutcome.Unchanged,
        EntryOutcome outcome => outcome,
    };

    /// <summary>Half of a SHA-256 is as good as all of it to tell some billions of records apart.</summary>
    private static UInt128 Digest(in EntryRow row) => BinaryPrimitives.ReadUInt128LittleEndian(row.Checksum);

    /// <summary>Announces the next records; it makes them faster and changes nothing.</summary>
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

    /// <summary>What becomes of the next record; they must come in input order.</summary>
    public EntryOutcome Next(in EntryRow row)
    {
        EntryOutcome outcome = Classify(row, policy);

        if (outcome != EntryOutcome.Rejected && !_records.Add(Digest(row)))
        {
            outcome = EntryOutcome.Repeated;
        }
        else if (outcome == EntryOutcome.Written && !policy.AllowsDuplicates && !_entries.Add(row.Key))
        {
            outcome = EntryOutcome.Duplicate;
        }

        _counter.Add(outcome);
        return outcome;
    }
}
