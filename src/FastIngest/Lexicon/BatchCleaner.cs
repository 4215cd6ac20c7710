using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon;

/// <summary>Makes the entries of a batch. One for each worker.</summary>
/// <param name="sourceId">The source that the entries' ids are made of.</param>
/// <param name="makesEntries">Whether anyone wants the ids and texts; without them an entry takes a tenth less time.</param>
public sealed class BatchCleaner(string sourceId, bool makesEntries = true)
{
    private readonly EntryCleaner _cleaner = new();
    private readonly TextBuffer _buffer = new();

    /// <summary>Makes sure that it can do its work, before anything else of a run is done.</summary>
    /// <exception cref="IngestException">Something is not installed.</exception>
    public static void RequireLibraries() => OpenSslLibrary.Require("Checksums of records");

    /// <summary>Cleans every record that the feed did not refuse.</summary>
    public void Clean(EntryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref EntryRow row in batch.Rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.Reason is null)
            {
                Clean(batch, ref row);
            }
        }
    }

    private void Clean(EntryBatch batch, ref EntryRow row)
    {
        ReadOnlySpan<byte> raw = batch.Raw(row);
        row.Status = _cleaner.Clean(raw);
        row.Reason = _cleaner.Reason;
        row.RemovedNuls = _cleaner.RemovedNuls;
        if (!row.IsLoaded)
        {
            return;
        }

        Sha256.Hash(raw, row.Checksum);
        if (row.Status == CleaningStatus.Valid)
        {
            row.Key = DuplicateKey.Of(_cleaner, _buffer);
            row.Errors = _cleaner.Errors;
            row.QualityHundredths = _cleaner.QualityHundredths;
            if (makesEntries)
            {
                AddEntry(batch, ref row);
            }
        }
    }

    private void AddEntry(EntryBatch batch, ref EntryRow row)
    {
        row.Id = EntryId.Create(sourceId, row.Checksum);
        for (int column = 0; column < EntryTextRefs.Count; column++)
        {
            row.Texts[column] = _cleaner.IsNull((EntryColumn)column) ? TextRef.Null : batch.AddText(_cleaner.Text((EntryColumn)column));
        }
    }
}
