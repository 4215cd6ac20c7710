using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>Reads chunks. It holds the readers of one worker, one per dialect and category, and reuses them for every chunk.</summary>
internal sealed class MapWorker(IngestOptions options) : IDisposable
{
    private readonly Dictionary<(Dialect, Category), ChunkReader> _readers = [];
    private readonly RecordRules _rules = options.Rules;
    private readonly RecordScope? _scope = RecordScope.Create(options.Selection, options.Pseudonyms);
    private readonly RecordEncoder[]?[] _encoders = new RecordEncoder[]?[Categories.Count];

    /// <summary>Reads the records that start in a chunk.</summary>
    /// <param name="plan">The plan of the file.</param>
    /// <param name="start">The position of the first record; null to guess it.</param>
    /// <param name="result">Receives the events, rejects and records; its indexes must be set.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public void Read(FilePlan plan, FramePosition? start, ChunkResult result, CancellationToken cancellationToken)
    {
        result.Clear();
        RecordEncoder[] encoders = _encoders[(int)plan.Category] ??= plan.Category == Category.Users
            ? []
            : [.. result.Batches.Select(b => b.Format.CreateEncoder(plan.Category))];
        for (int i = 0; i < encoders.Length; i++)
        {
            result.Batches[i].Category = plan.Category;
            result.Batches[i].FileIndex = plan.KeepsTimes ? plan.FileIndex : RecordBatch.NoFile;
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
            reader.Rules = _rules;
            reader.Scope = _scope;
            _readers.Add((plan.Dialect, plan.Category), reader);
        }

        return reader;
    }
}
