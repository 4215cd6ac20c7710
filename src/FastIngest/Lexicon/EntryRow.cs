using System.Runtime.CompilerServices;

namespace FastIngest.Lexicon;

/// <summary>A record and the entry that was made of it. Its bytes and texts lie in its <see cref="EntryBatch"/>.</summary>
public struct EntryRow
{
    /// <summary>The record as it stood, white space around it aside.</summary>
    public TextRef Raw;

    /// <summary>Its length in the file; more than that of <see cref="Raw"/> where it was too large to be kept.</summary>
    public long FileLength;

    /// <summary>Where it starts in its file, in bytes; in a compressed one, in what that unpacks to.</summary>
    public long Offset;

    /// <summary>The line that it starts in, from 1.</summary>
    public long LineNumber;

    /// <summary>The stored record that it is, where it comes from a database; otherwise 0.</summary>
    public long RawId;

    /// <summary>The stored entry of that record in the database's own form; null where there is none.</summary>
    public TextRef Stored;

    /// <summary>Whether the stored entry is what would be written now, whichever rules made it.</summary>
    public bool IsStoredSame;

    public CleaningStatus Status;

    /// <summary>Why the record is no entry; null for one.</summary>
    public string? Reason;

    /// <summary>SHA-256 of <see cref="Raw"/>; not set for what is not JSON or no object.</summary>
    public RecordChecksum Checksum;

    /// <summary>What follows is set for valid entries.</summary>
    public Guid Id;

    /// <summary>See <see cref="DuplicateKey"/>.</summary>
    public UInt128 Key;

    public EntryErrors Errors;

    public int QualityHundredths;

    /// <summary>Characters U+0000 that were removed from its texts.</summary>
    public int RemovedNuls;

    public EntryTextRefs Texts;

    /// <summary>Whether the record is JSON and an object, so that it is kept as a raw entry.</summary>
    public readonly bool IsLoaded => Status is CleaningStatus.Valid or CleaningStatus.Invalid;
}

/// <summary>32 bytes.</summary>
[InlineArray(Bytes)]
public struct RecordChecksum
{
    public const int Bytes = 32;

    private byte _first;
}

/// <summary>A place for each <see cref="EntryColumn"/>.</summary>
[InlineArray(Count)]
public struct EntryTextRefs
{
    public const int Count = 7;

    private TextRef _first;
}
