using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>The counts made before the records reach the sinks; the other side of the sinks' balance.</summary>
internal sealed class EntryCounts
{
    public long Read { get; private set; }

    public long RemovedNuls { get; private set; }

    /// <summary>The outcome of each file with records, by the file's index.</summary>
    public SortedDictionary<int, FileOutcome> Files { get; } = [];

    public Dictionary<string, long> Rejected { get; } = [];

    public Dictionary<string, long> Invalid { get; } = [];

    public void Add(EntryBatch batch)
    {
        Read += batch.RowCount;
        if (!Files.TryGetValue(batch.FileIndex, out FileOutcome? file))
        {
            Files.Add(batch.FileIndex, file = new FileOutcome(batch.File));
        }

        file.Add(batch);
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            RemovedNuls += row.RemovedNuls;
            if (row.Reason is { } reason)
            {
                Dictionary<string, long> counts = row.IsLoaded ? Invalid : Rejected;
                counts[reason] = counts.GetValueOrDefault(reason) + 1;
            }
        }
    }
}
