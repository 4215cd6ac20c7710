using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;
using FastIngest.Storage.Postgres.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>Reads chunks: one worker's readers, one for each dialect and category, which go from chunk to chunk.</summary>
internal sealed class MapWorker(IngestOptions options) : IDisposable
{
    private readonly Dictionary<(Dialect, Category), ChunkReader> _readers = [];
    private readonly RecordEncoder?[] _encoders = new RecordEncoder?[Categories.Count];

    /// <summary>Reads the records that start in a chunk.</summary>
    /// <param name="plan">The file.</param>
    /// <param name="start">Where to start; null guesses it.</param>
    /// <param name="result">Receives all; its indexes are set.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void Read(FilePlan plan, FramePosition? start, ChunkResult result, CancellationToken cancellationToken)
    {
        RecordEncoder? encoder = null;
        result.Clear();
        if (result.Tuples is { } tuples && plan.Category != Category.Users)
        {
            encoder = _encoders[(int)plan.Category] ??= new RecordEncoder(plan.Category);
            encoder.Begin(tuples);
        }

        ReaderFor(plan).Read(plan, result.ChunkIndex, start, result.Output, encoder, cancellationToken);
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
