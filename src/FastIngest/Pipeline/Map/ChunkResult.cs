using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>The result of reading one chunk. Results are reused; each has one owner at a time.</summary>
/// <param name="boundaries">The boundaries of the partitions.</param>
/// <param name="createBatches">Create the batches that receive the encoded records, one for each format that the sinks need.</param>
internal sealed class ChunkResult(PartitionBoundaries boundaries, params Func<RecordBatch>[] createBatches)
{
    private readonly RecordBatch[]?[] _batches = new RecordBatch[]?[Categories.Count];

    public int FileIndex { get; set; }

    public int ChunkIndex { get; set; }

    /// <summary>The events and rejects of the chunk.</summary>
    public ChunkOutput Output { get; } = new(boundaries);

    /// <summary>The accepted records in the formats of the sinks, by category. The batches of a category hold the same records.</summary>
    public IEnumerable<RecordBatch[]> Batches => _batches.OfType<RecordBatch[]>().Where(b => b.Length > 0 && b[0].Rows > 0);

    /// <summary>Returns the batches of a category, one for each format that takes its records.</summary>
    public RecordBatch[] BatchesOf(Category category) => _batches[(int)category] ??=
        [.. createBatches.Select(create => create()).Where(b => category != Category.Users || b.Format.TakesProfiles)];

    public void Clear()
    {
        Output.Clear();
        foreach (RecordBatch[]? batches in _batches)
        {
            foreach (RecordBatch batch in batches ?? [])
            {
                batch.Clear();
            }
        }
    }
}
