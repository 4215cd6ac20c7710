using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>Reads chunks: one worker's window, readers and mappers, which go from chunk to chunk.</summary>
internal sealed class MapWorker(IngestOptions options) : IDisposable
{
    /// <summary>Bytes before a chunk that its first guess may need to look at.</summary>
    private const int ContextBytes = 256;

    /// <summary>Bytes behind a chunk that its last record may reach into, as a rule.</summary>
    private const int OverrunBytes = 16 * 1024;

    /// <summary>Records between two looks at whether to stop.</summary>
    private const int CancellationInterval = 1024;

    /// <summary>The most records between two looks for a run.</summary>
    private const int MaxRunPause = 15;

    private readonly FileWindow _window = new();
    private readonly Tools?[] _tools = new Tools?[Categories.Count];

    /// <summary>Reads the elements that start in a chunk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="plan">Its chunks.</param>
    /// <param name="start">Where to start; null guesses it.</param>
    /// <param name="result">Receives all; its indexes are set.</param>
    public void Read(SourceFile file, ChunkPlan plan, FramePosition? start, ChunkResult result, CancellationToken cancellationToken)
    {
        (ElementReader reader, RecordFields fields, RecordMapper mapper, RecordEncoder[] encoders) = ToolsFor(plan.Category, result.Batches);
        long chunkStart = plan.StartOf(result.ChunkIndex);
        long chunkEnd = plan.EndOf(result.ChunkIndex);
        result.Clear();
        mapper.Reset();
        _window.Attach(file);
        long from = Math.Max(0, (start?.Offset ?? chunkStart) - ContextBytes);
        _window.MoveTo(from, Math.Max(chunkEnd - from, 0) + OverrunBytes);
        reader.Start(start ?? new FramePosition(chunkStart, plan.GuessedState), chunkEnd);
        if (start is null)
        {
            long guess = plan.Separator.Find(_window, chunkStart, chunkEnd);
            guess = guess >= 0 ? guess : reader.GuessStart(chunkStart, chunkEnd);
            if (guess < 0)
            {
                _window.Leave();
                return;
            }

            start = new FramePosition(guess, plan.GuessedState);
            reader.Start(start.Value, chunkEnd);
        }

        result.Start = start;
        MapOutput events = result.Events;
        for (int i = 0; i < encoders.Length; i++)
        {
            result.Batches[i].Category = plan.Category;
            encoders[i].Begin(result.Batches[i]);
        }

        long records = 0;
        long nextLook = CancellationInterval;
        long nextRun = 0;
        int runPause = 0;
        while (reader.Next())
        {
            if (++records >= nextLook)
            {
                nextLook = records + CancellationInterval;
                if (cancellationToken.IsCancellationRequested)
                {
                    break;
                }
            }

            RejectReason? reason = reader.Status == ReadStatus.Object
                ? mapper.Map(reader.Element, fields, events)
                : ReasonOf(reader.Status);
            if (reason is { } rejected)
            {
                result.Rejects.Add(new Reject(reader.ElementOffset, reader.ElementLength, rejected));
            }
            else if (encoders.Length > 0)
            {
                // Each record is wanted by itself, so none is passed over as one of a run.
                foreach (RecordEncoder encoder in encoders)
                {
                    encoder.Write(reader.Element, fields);
                }
            }
            else if (mapper.IsInRun && records >= nextRun)
            {
                int more = reader.ReadRun(mapper.RunKey, RecordSchema.FirstOwn, mapper.RunRoom);
                mapper.AddToRun(more);
                records += more;

                // Where records are in no order there are no runs: the less often is one looked for.
                runPause = more > 0 ? 0 : Math.Min((2 * runPause) + 1, MaxRunPause);
                nextRun = records + runPause;
            }
        }

        result.Records = records;
        mapper.Flush(events);
        result.End = reader.Position;
        _window.Leave();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose() => _window.Dispose();

    private static RejectReason ReasonOf(ReadStatus status) => status switch
    {
        ReadStatus.OtherValue => RejectReason.NotAnObject,
        ReadStatus.InvalidText => RejectReason.InvalidText,
        ReadStatus.TooLarge => RejectReason.TooLarge,
        _ => RejectReason.InvalidJson,
    };

    /// <summary>The tools of a category, made for the first chunk of it.</summary>
    /// <param name="category">The category.</param>
    /// <param name="batches">The chunk's; all chunks of a worker have batches of the same formats.</param>
    private Tools ToolsFor(Category category, IReadOnlyList<RecordBatch> batches)
    {
        ref Tools? tools = ref _tools[(int)category];
        if (tools is null)
        {
            RecordFields fields = new(RecordSchema.Of(category).Names);
            RecordMapper mapper = new(category);
            tools = new Tools(
                new ElementReader(_window, fields, options.MaxRecordBytes),
                fields,
                mapper,
                category == Category.Users ? [] : [.. batches.Select(b => b.Format.CreateEncoder(category, mapper))]);
        }

        return tools;
    }

    private sealed record Tools(ElementReader Reader, RecordFields Fields, RecordMapper Mapper, RecordEncoder[] Encoders);
}
