using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// Reads chunks of files of one dialect and category. It holds the window, reader and buffers of one worker and reuses them
/// for every chunk. The virtual calls happen once per chunk; the loop over the records, <see cref="ReadRecords{TReader}"/>,
/// is compiled for the reader of each dialect.
/// </summary>
public abstract class ChunkReader(Category category) : IDisposable
{
    /// <summary>The number of bytes before a chunk that guessing the first record may need.</summary>
    private const int ContextBytes = 256;

    /// <summary>The number of bytes after a chunk that its last record usually needs.</summary>
    private const int OverrunBytes = 16 * 1024;

    /// <summary>The number of records between two checks for cancellation.</summary>
    private const int CancellationInterval = 1024;

    /// <summary>The maximum number of records between two attempts to read a run.</summary>
    private const int MaxRunPause = 15;

    private readonly EventWriter _events = new(category);
    private PlausibilityCheck _plausibility = new(category, RecordRules.Default);

    // Whether the samples of runs are examined. Nearly all input has only plausible samples, so that this starts with the first
    // chunk that has others.
    private bool _examinesRuns;

    /// <summary>The rules for records that the run has chosen.</summary>
    public RecordRules Rules
    {
        get;
        set
        {
            field = value;
            _plausibility = new PlausibilityCheck(category, value);
        }
    }
    = RecordRules.Default;

    /// <summary>The selection and the pseudonyms of the run; null when every record is taken as it is.</summary>
    internal RecordScope? Scope { get; set; }

    /// <summary>The time zone for stamps in UTC; null without one.</summary>
    public TimeZoneChoice? TimeZone { get; set; }

    /// <summary>The part of the file that is in memory.</summary>
    protected FileWindow Window { get; } = new();

    /// <summary>Reads the records that start in a chunk.</summary>
    /// <param name="plan">The plan of the file.</param>
    /// <param name="chunkIndex">The 0-based index of the chunk.</param>
    /// <param name="start">The position of the first record; null to guess it.</param>
    /// <param name="output">Receives the events and rejects.</param>
    /// <param name="encoders">Encode each accepted record for the sinks that store records.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal void Read(FilePlan plan, int chunkIndex, FramePosition? start, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
    {
        long chunkStart = plan.StartOf(chunkIndex);
        long chunkEnd = plan.EndOf(chunkIndex);
        output.Clear();
        _events.Reset();
        _events.KeepsTimes = plan.KeepsTimes;
        Window.Attach(plan.File);
        long from = Math.Max(0, (start?.Offset ?? chunkStart) - ContextBytes);
        Window.MoveTo(from, Math.Max(chunkEnd - from, 0) + OverrunBytes);
        start ??= GuessStart(plan, chunkStart, chunkEnd);
        if (start is not null)
        {
            output.Start = start;
            output.End = ReadFrom(plan, start.Value, chunkEnd, output, encoders, cancellationToken);
            _events.Flush(output.Events);
            if (category == Category.HeartRate && encoders.Length == 0 && !_examinesRuns
                && !_plausibility.AreSamplesPlausible(_events.SmallestSample, _events.LargestSample))
            {
                // A run does not show the places of its samples, so that the chunk is read once more.
                _examinesRuns = true;
                Read(plan, chunkIndex, start, output, encoders, cancellationToken);
                return;
            }
        }

        Window.Release();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Reads the key of the first record in a small range of a file; false when none is found.</summary>
    internal bool TryReadKey(FilePlan plan, long from, long endExcl, out RowKey key)
    {
        Window.Attach(plan.File);
        Window.MoveTo(from, endExcl - from);
        key = default;
        bool isFound = GuessStart(plan, from, endExcl) is { } start && TryReadKeyAt(plan, start, out key);
        Window.Release();
        return isFound;
    }

    /// <summary>Releases the window.</summary>
    public void Dispose()
    {
        Window.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Guesses where the first record in a range of the file starts. The window shows the range; the guess is verified later.</summary>
    protected abstract FramePosition? GuessStart(FilePlan plan, long from, long endExcl);

    /// <summary>Reads the key of the record at a guessed position.</summary>
    protected abstract bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key);

    /// <summary>Calls <see cref="ReadRecords{TReader}"/> with the reader of the dialect; returns the position after the last record.</summary>
    private protected abstract FramePosition ReadFrom(
        FilePlan plan, FramePosition start, long endExcl, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken);

    /// <summary>The loop over the records of a chunk.</summary>
    private protected void ReadRecords<TReader>(TReader reader, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
        where TReader : struct, IRecordReader
    {
        EventWriter writer = _events;
        PlausibilityCheck plausibility = _plausibility;
        NameCounts unknown = output.Fields.Unknown;
        MapOutput events = output.Events;

        // An encoder needs every record, so that no record may be skipped as part of a run.
        bool readsRuns = encoders.Length == 0;
        RecordScope? scope = Scope;
        long records = 0;
        long filtered = 0;
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

            if (reader.Unread is { } unread)
            {
                output.Rejects.Add(new Reject(reader.Offset, reader.Length, unread));
                continue;
            }

            if (!(readsRuns && writer.IsInRun && reader.TryGetSampleOfLastKey(out long sample)
                && (!_examinesRuns || plausibility.AreSamplesPlausible(sample, sample)) && writer.TryAddToRun(sample)))
            {
                reader.Decode(out RecordView view);
                if (scope is not null && !scope.TryEnter(ref view, category))
                {
                    filtered++;
                    writer.EndRun();
                    continue;
                }

                uint implausible = plausibility.Find(view);
                RejectReason? reason = implausible == 0 ? writer.Write(view, events) : WriteImplausible(implausible, ref view, reader.Offset, output);
                if (reason is { } rejected)
                {
                    output.Rejects.Add(new Reject(reader.Offset, reader.Length, rejected));
                    continue;
                }

                if (!readsRuns)
                {
                    Encode(view, encoders);
                }

                if (view.NumbersUnreadable != 0)
                {
                    reader.CountUnreadable(view.NumbersUnreadable, output.Fields.Unreadable);
                }
            }

            int accepted = 1;
            if (readsRuns && writer.IsInRun && records >= nextRun)
            {
                int more = reader.ReadRun(writer.RunRoom);
                if (!_examinesRuns || plausibility.AreSamplesPlausible(writer.RunRoom[..more]))
                {
                    writer.AddToRun(more);
                    accepted += more;
                    records += more;

                    // Unordered records contain no runs: attempts to read a run become less frequent.
                    runPause = more > 0 ? 0 : Math.Min((2 * runPause) + 1, MaxRunPause);
                    nextRun = records + runPause;
                }
                else
                {
                    // Read the records of this run one by one, which shows the place of the implausible sample.
                    reader.UndoRun();
                    nextRun = records + more;
                }
            }

            reader.Accept(accepted, unknown);
        }

        reader.TakeUnknown(unknown);
        output.Records = records;
        output.Filtered = filtered;
    }

    private static void Encode(scoped in RecordView record, RecordEncoder[] encoders)
    {
        foreach (RecordEncoder encoder in encoders)
        {
            encoder.Write(record);
        }
    }

    /// <summary>Counts the implausible values of a record, and adds the record to the output as the policy demands.</summary>
    private RejectReason? WriteImplausible(uint implausible, ref RecordView record, long offset, ChunkOutput output)
    {
        RejectReason? reason = null;
        if (_events.Check(record) is null)
        {
            _plausibility.Count(implausible, record, offset, output.Fields.Implausible);
            reason = _plausibility.Apply(implausible, ref record);
        }

        reason ??= _events.Write(record, output.Events);
        _events.EndRun();
        return reason;
    }
}

/// <summary>
/// Reads the records of a chunk in order. Implementations are structs, so that the loop is compiled for each of them without
/// virtual calls.
/// </summary>
internal interface IRecordReader
{
    /// <summary>The offset in the file at which the record starts.</summary>
    long Offset { get; }

    /// <summary>The length of the record in bytes; for a record that cannot be read, the distance to where reading resumed.</summary>
    long Length { get; }

    /// <summary>Why the record cannot be read; null when it can.</summary>
    RejectReason? Unread { get; }

    /// <summary>Moves to the next record; false when no further record starts before the end.</summary>
    bool Next();

    /// <summary>Decodes the record.</summary>
    void Decode(out RecordView view);

    /// <summary>Returns whether the record is certainly a sample with the key of the previous record, and its value in micros.</summary>
    bool TryGetSampleOfLastKey(out long value);

    /// <summary>Reads consecutive samples with the key of the last record into <paramref name="numbers"/>, in micros; returns their number.</summary>
    int ReadRun(Span<long> numbers);

    /// <summary>Moves back to the start of the run that was just read.</summary>
    void UndoRun();

    /// <summary>Notes that the record, and the run after it, were accepted, so that their fields that are not read count.</summary>
    /// <param name="records">The number of records.</param>
    /// <param name="unknown">Counts the fields that are not read, now or when <see cref="TakeUnknown"/> is called.</param>
    void Accept(int records, NameCounts unknown);

    /// <summary>Adds the fields that are not read of all accepted records, as far as <see cref="Accept"/> has not added them.</summary>
    void TakeUnknown(NameCounts unknown);

    /// <summary>Counts the fields of the record that hold something else than a number.</summary>
    /// <param name="fields">The value of <see cref="RecordView.NumbersUnreadable"/>.</param>
    /// <param name="unreadable">Counts the fields.</param>
    void CountUnreadable(uint fields, NameCounts unreadable);
}
