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
    private readonly List<RecordEncoder> _begun = [];

    /// <summary>Reads the records that start in a chunk.</summary>
    /// <param name="plan">The plan of the file.</param>
    /// <param name="start">The position of the first record; null to guess it.</param>
    /// <param name="result">Receives the events, rejects and records; its indexes must be set.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public void Read(FilePlan plan, FramePosition? start, ChunkResult result, CancellationToken cancellationToken)
    {
        result.Clear();
        ChunkReader reader = ReaderFor(plan);
        RecordEncoder[] encoders = [];
        if (reader is ExportReader export)
        {
            export.EncodersOf = category => Begin(category, plan, result);
        }
        else
        {
            encoders = Begin(plan.Category, plan, result);
        }

        reader.Read(plan, result.ChunkIndex, start, result.Output, encoders, cancellationToken);
        foreach (RecordEncoder encoder in _begun)
        {
            encoder.End();
        }

        _begun.Clear();
    }

    /// <summary>Returns the encoders of a category, at the start of its batches in a result.</summary>
    private RecordEncoder[] Begin(Category category, FilePlan plan, ChunkResult result)
    {
        RecordBatch[] batches = result.BatchesOf(category);
        RecordEncoder[] encoders = _encoders[(int)category] ??= [.. batches.Select(b => b.Format.CreateEncoder(category))];
        for (int i = 0; i < encoders.Length; i++)
        {
            batches[i].Category = category;
            batches[i].FileIndex = plan.Repeats.Applies(category) ? plan.FileIndex : RecordBatch.NoFile;
            batches[i].Place = new RecordPlace(plan.FileIndex, plan.Part, result.ChunkIndex);
            batches[i].Repeats = plan.Repeats;
            encoders[i].Begin(batches[i]);
        }

        _begun.AddRange(encoders);
        return encoders;
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
            reader.TimeZone = options.TimeZone;
            _readers.Add((plan.Dialect, plan.Category), reader);
        }

        return reader;
    }
}
