using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>Reads chunks: one worker's readers, one for each dialect and category, which go from chunk to chunk.</summary>
internal sealed class MapWorker(IngestOptions options) : IDisposable
{
    private readonly Dictionary<(Dialect, Category), ChunkReader> _readers = [];
    private readonly RecordEncoder[]?[] _encoders = new RecordEncoder[]?[Categories.Count];

    /// <summary>Reads the records that start in a chunk.</summary>
    /// <param name="plan">The file.</param>
    /// <param name="start">Where to start; null guesses it.</param>
    /// <param name="result">Receives all; its indexes are set.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void Read(FilePlan plan, FramePosition? start, ChunkResult result, CancellationToken cancellationToken)
    {
        result.Clear();
        RecordEncoder[] encoders = _encoders[(int)plan.Category] ??= plan.Category == Category.Users
            ? []
            : [.. result.Batches.Select(b => b.Format.CreateEncoder(plan.Category))];
        for (int i = 0; i < encoders.Length; i++)
        {
            result.Batches[i].Category = plan.Category;
            encoders[i].Begin(result.Batches[i]);
        }

        ReaderFor(plan).Read(plan, result.ChunkIndex, start, result.Output, encoders, cancellationToken);
    }

    public void Dispose()
    {
        foreach (ChunkReader reader in _readers.Values)
        {
            reader.Dispose();
        }
    }

    private ChunkReader ReaderFor(FilePlan plan)
    {
        if (!_readers.TryGetValue((plan.Dialect, plan.Category), out ChunkReader? reader))
        {
            reader = plan.Dialect.CreateReader(plan.Category, options.MaxRecordBytes);
            _readers.Add((plan.Dialect, plan.Category), reader);
        }

        return reader;
    }
}
