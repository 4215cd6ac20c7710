using System.Buffers.Binary;
using FastIngest.Lexicon;

namespace FastIngest.Sinks;

/// <summary>Decides, for targets without a database, which records are loaded and which entries are written, and counts.</summary>
internal sealed class EntryScreen(EntryPolicy policy)
{
    private readonly DigestSet _records = new();
    private readonly DigestSet _entries = new();
    private long _loaded, _repeated, _written, _duplicate, _belowQuality, _invalid;

    public EntryResult Result => new(_loaded, _repeated, _written, 0, _duplicate, _belowQuality, _invalid);

    /// <summary>Whether the entry of a record is written; rows must come in input order.</summary>
    public bool Passes(in EntryRow row)
    {
        if (!row.IsLoaded)
        {
            return false;
        }

        // Half of a SHA-256 is as good as all of it to tell some billions of records apart.
        if (!_records.Add(BinaryPrimitives.ReadUInt128LittleEndian(row.Checksum)))
        {
            _repeated++;
            return false;
        }

        _loaded++;
        if (row.Outcome == EntryOutcome.Invalid)
        {
            _invalid++;
        }
        else if (row.QualityHundredths < policy.MinQualityHundredths)
        {
            _belowQuality++;
        }
        else if (!policy.AllowsDuplicates && !_entries.Add(row.Key))
        {
            _duplicate++;
        }
        else
        {
            _written++;
            return true;
        }

        return false;
    }
}
