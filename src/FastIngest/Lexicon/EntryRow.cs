using System.Runtime.CompilerServices;

namespace FastIngest.Lexicon;

/// <summary>A record and its entry. The bytes and texts are stored in the <see cref="EntryBatch"/>.</summary>
public struct EntryRow
{
    /// <summary>The bytes of the record without surrounding white space.</summary>
    public TextRef Raw;

    /// <summary>
    /// The length of the record in the file, in bytes; larger than that of <see cref="Raw"/> if the record was too large to
    /// be stored.
    /// </summary>
    public long FileLength;

    /// <summary>The byte offset of the record in its file; for a compressed file, the offset in the decompressed data.</summary>
    public long Offset;

    /// <summary>The 1-based number of the line in which the record starts.</summary>
    public long LineNumber;

    /// <summary>The id of the stored record if the record comes from a database; otherwise 0.</summary>
    public long RawId;

    /// <summary>The stored entry of that record, in the form of the database; null when there is none.</summary>
    public TextRef Stored;

    /// <summary>Whether the stored entry equals the entry that would be written now.</summary>
    public bool IsStoredSame;

    public CleaningStatus Status;

    /// <summary>Why the record is not an entry; null for a valid entry.</summary>
    public string? Reason;

    /// <summary>The SHA-256 of <see cref="Raw"/>; not set if the record is not a JSON object.</summary>
    public RecordChecksum Checksum;

    /// <summary>The id of the entry. This field and the following ones are set for valid entries only.</summary>
    public Guid Id;

    /// <summary>See <see cref="DuplicateKey"/>.</summary>
    public UInt128 Key;

    public EntryErrors Errors;

    public int QualityHundredths;

    /// <summary>Whether the entry points to another one: its definition is the headword of that entry.</summary>
    public bool IsRedirect;

    /// <summary>The number of U+0000 characters removed from the texts.</summary>
    public int RemovedNuls;

    public EntryTextRefs Texts;

    /// <summary>Whether the record is a JSON object, so that it is stored as a raw entry.</summary>
    public readonly bool IsLoaded => Status is CleaningStatus.Valid or CleaningStatus.Invalid;
}

/// <summary>The SHA-256 checksum of a record, 32 bytes.</summary>
[InlineArray(Bytes)]
public struct RecordChecksum
{
    public const int Bytes = 32;

    private byte _first;
}

/// <summary>One text reference per <see cref="EntryColumn"/>.</summary>
[InlineArray(Count)]
public struct EntryTextRefs
{
    public const int Count = 7;

    private TextRef _first;
}
