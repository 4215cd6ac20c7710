using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// Reads chunks of the exports of other programs, whose files hold records of several categories. A dialect finds the records
/// and passes them to the <see cref="RecordReceiver"/>. The category of the file is <see cref="Category.Samples"/>.
/// </summary>
internal abstract class ExportReader() : ChunkReader(Category.Samples)
{
    private readonly RecordReceiver _receiver = new();
    private ChunkOutput? _first;

    /// <summary>Returns the encoders of a category for the sinks that store records, with the batches of the chunk.</summary>
    internal Func<Category, RecordEncoder[]> EncodersOf { get; set; } = _ => [];

    /// <summary>Guesses nothing: chunks are read one after another. A dialect that can find a record anywhere overrides this.</summary>
    protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl) => from == plan.Head.Offset ? plan.Head : null;

    /// <summary>Reads the record at a position as any other, but into an output of its own, and takes the key of its first event.</summary>
    protected override bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key)
    {
        _first ??= new ChunkOutput(PartitionBoundaries.FromSample([], 1));
        _first.Clear();
        _receiver.Begin(plan, _first, _ => [], Rules, Scope, TimeZone);
        ReadRecords(plan, start, start.Offset + 1, _receiver, CancellationToken.None);
        _receiver.End();
        return _first.TryFindKey(out key);
    }

    private protected sealed override FramePosition ReadFrom(
        FilePlan plan, FramePosition start, long endExcl, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
    {
        _receiver.Begin(plan, output, EncodersOf, Rules, Scope, TimeZone);
        FramePosition end = ReadRecords(plan, start, endExcl, _receiver, cancellationToken);
        _receiver.End();
        return end;
    }

    /// <summary>Reads the records that start in a range of the file.</summary>
    /// <param name="plan">The plan of the file.</param>
    /// <param name="start">The position of the first record, or of something between records.</param>
    /// <param name="endExcl">The end of the range: no record that starts here or later is read.</param>
    /// <param name="records">Receives the records.</param>
    /// <param name="cancellationToken">Ends the reading early; check it about every thousand records.</param>
    /// <returns>The position from which the next chunk is read.</returns>
    protected abstract FramePosition ReadRecords(FilePlan plan, FramePosition start, long endExcl, RecordReceiver records, CancellationToken cancellationToken);
}
