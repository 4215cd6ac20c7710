using FastIngest.Health;
using FastIngest.Pipeline.Map;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// Reads chunks of files of one dialect and category: one worker's window, reader and buffers, which go from chunk to chunk. The
/// calls here are one a chunk; the loop over the records is <see cref="ReadRecords{TReader}"/>, compiled for each dialect's reader.
/// </summary>
public abstract class ChunkReader(Category category) : IDisposable
{
    /// <summary>Bytes before a chunk that its first guess may need to look at.</summary>
    private const int ContextBytes = 256;

    /// <summary>Bytes behind a chunk that its last record may reach into, as a rule.</summary>
    private const int OverrunBytes = 16 * 1024;

    /// <summary>Records between two looks at whether to stop.</summary>
    private const int CancellationInterval = 1024;

    /// <summary>The most records between two looks for a run.</summary>
    private const int MaxRunPause = 15;

    private readonly EventWriter _events = new(category);

    /// <summary>The part of the file that is in memory.</summary>
    protected FileWindow Window { get; } = new();

    /// <summary>Reads the records that start in a chunk.</summary>
    /// <param name="plan">The file.</param>
    /// <param name="chunkIndex">Which chunk.</param>
    /// <param name="start">Where to start; null guesses it.</param>
    /// <param name="output">Receives all.</param>
    /// <param name="encoders">Take each accepted record besides.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal void Read(FilePlan plan, int chunkIndex, FramePosition? start, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
    {
        long chunkStart = plan.StartOf(chunkIndex);
        long chunkEnd = plan.EndOf(chunkIndex);
        output.Clear();
        _events.Reset();
        Window.Attach(plan.File);
        long from = Math.Max(0, (start?.Offset ?? chunkStart) - ContextBytes);
        Window.MoveTo(from, Math.Max(chunkEnd - from, 0) + OverrunBytes);
        start ??= GuessStart(plan, chunkStart, chunkEnd);
        if (start is not null)
        {
            output.Start = start;
            output.End = ReadFrom(plan, start.Value, chunkEnd, output, encoders, cancellationToken);
            _events.Flush(output.Events);
        }

        Window.Leave();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Reads the key of the first record in a part of a file; false where none is found. The part is small.</summary>
    internal bool TryReadKey(FilePlan plan, long from, long endExcl, out RowKey key)
    {
        Window.Attach(plan.File);
        Window.MoveTo(from, endExcl - from);
        key = default;
        bool isFound = GuessStart(plan, from, endExcl) is { } start && TryReadKeyAt(plan, start, out key);
        Window.Leave();
        return isFound;
    }

    /// <summary>Gives the window back.</summary>
    public void Dispose()
    {
        Window.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Guesses where the first record starts that a range of the file begins; the window shows the range. It is verified later.</summary>
    protected abstract FramePosition? GuessStart(FilePlan plan, long from, long endExcl);

    /// <summary>Reads the key of the record at a guessed position.</summary>
    protected abstract bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key);

    /// <summary>Calls <see cref="ReadRecords{TReader}"/> with the dialect's reader; returns where reading stands then.</summary>
    private protected abstract FramePosition ReadFrom(
        FilePlan plan, FramePosition start, long endExcl, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken);

    /// <summary>The loop over the records of a chunk.</summary>
    private protected void ReadRecords<TReader>(TReader reader, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
        where TReader : struct, IRecordReader
    {
        EventWriter writer = _events;
        MapOutput events = output.Events;
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

            RejectReason? reason = reader.Unread;
            if (reason is null
                && !(encoders.Length == 0 && writer.IsInRun && reader.TryGetSampleOfLastKey(out long sample) && writer.TryAddToRun(sample)))
            {
                reader.Decode(out RecordView view);
                reason = writer.Write(view, events);
                if (reason is null)
                {
                    foreach (RecordEncoder encoder in encoders)
                    {
                        encoder.Write(view);
                    }
                }
            }

            if (reason is { } rejected)
            {
                output.Rejects.Add(new Reject(reader.Offset, reader.Length, rejected));
            }
            else if (encoders.Length == 0 && writer.IsInRun && records >= nextRun)
            {
                // An encoder wants each record by itself, so that none is passed over as one of a run.
                int more = reader.ReadRun(writer.RunRoom);
                writer.AddToRun(more);
                records += more;

                // Where records are in no order there are no runs: the less often is one looked for.
                runPause = more > 0 ? 0 : Math.Min((2 * runPause) + 1, MaxRunPause);
                nextRun = records + runPause;
            }
        }

        output.Records = records;
    }
}

/// <summary>Reads the records of a chunk one after another; a struct, so that the loop over them is compiled for it without virtual calls.</summary>
internal interface IRecordReader
{
    /// <summary>Where in the file the record starts.</summary>
    long Offset { get; }

    /// <summary>Its bytes; of one that cannot be read, up to where reading resumed.</summary>
    long Length { get; }

    /// <summary>Why the record cannot be read; null when it can.</summary>
    RejectReason? Unread { get; }

    /// <summary>Goes to the next record; false when none starts before the end.</summary>
    bool Next();

    /// <summary>Decodes the record.</summary>
    void Decode(out RecordView view);

    /// <summary>Whether the record is certainly a sample with the key of the one before it, and its value in micros.</summary>
    bool TryGetSampleOfLastKey(out long value);

    /// <summary>Reads on through samples with the key of the last record; returns how many values, in micros, it put there.</summary>
    int ReadRun(Span<long> numbers);
}
