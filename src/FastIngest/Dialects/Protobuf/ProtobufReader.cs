using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Proto;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Dialects.Protobuf;

/// <summary>
/// Reads the frames of a file one after another. A damaged frame is rejected as a whole; reading continues after it if another frame
/// or the end of the file is there, else at the next bytes that begin like a frame.
/// </summary>
/// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
internal sealed class ProtobufReader(int maxRecordBytes) : ExportReader
{
    /// <summary>The number of bytes in which a frame is searched at once.</summary>
    private const int ScanBytes = 256 << 10;

    private readonly FrameDecoder _frame = new();
    private readonly long _maxFrameBytes = (1L << 20) + (2L * maxRecordBytes);

    protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl)
    {
        if (from == plan.Head.Offset)
        {
            return plan.Head;
        }

        int start = (int)(from - Window.Offset);
        int found = FrameScan.Find(Window.Bytes, start, (int)Math.Min(endExcl - Window.Offset, Window.Length));
        return found < 0 ? null : new FramePosition(Window.Offset + found, FrameState.Array);
    }

    protected override bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key)
    {
        key = default;
        if (ReadFrame(start.Offset, out _) is not null || _frame.Content != FrameField.Batch || _frame.Batch.Category == Category.Users)
        {
            return false;
        }

        BatchDecoder batch = _frame.Batch;
        key = new RowKey(batch.Texts[batch.User[0]].ToArray(), batch.Days[0]);
        return key.User.Length > 0;
    }

    protected override FramePosition ReadRecords(FilePlan plan, FramePosition start, long endExcl, RecordReceiver records, CancellationToken cancellationToken)
    {
        // Every record names its user.
        records.User = default;
        FramePosition at = start;
        while (at.Offset < endExcl && !cancellationToken.IsCancellationRequested && Shows(at.Offset, 1))
        {
            RejectReason? reason = ReadFrame(at.Offset, out long length);
            bool isMisplaced = reason is null && _frame.Content == FrameField.Header && at.Offset > 0;
            if (reason is null && !isMisplaced)
            {
                AddFrame((ProtobufPlan)plan, at.Offset, records);
                at = new FramePosition(at.Offset + length, _frame.Content == FrameField.End ? FrameState.Top : FrameState.Array);
                continue;
            }

            long next = length > 0 && IsFrameOrEnd(at.Offset + length, ((ProtobufPlan)plan).Header.IsMarked) ? at.Offset + length : FindNext(at.Offset + 1);
            records.Reject(at.Offset, next - at.Offset, reason ?? RejectReason.InvalidProtobuf);
            at = new FramePosition(next, FrameState.Array);
        }

        return at;
    }

    private void AddFrame(ProtobufPlan plan, long offset, RecordReceiver records)
    {
        if (_frame.Unknown > 0)
        {
            records.UnknownOf(Category.Samples).Add("(fields of Protocol Buffers)"u8, _frame.Unknown);
        }

        if (_frame.Content == FrameField.Batch)
        {
            _frame.Records.Add(plan, _frame.File, offset, records);
        }
    }

    /// <summary>Reads a frame; null, or why it cannot be read.</summary>
    /// <param name="offset">Where its length starts in the file.</param>
    /// <param name="length">The length of the frame with its length; 0 when that cannot be known.</param>
    private RejectReason? ReadFrame(long offset, out long length)
    {
        length = 0;
        Shows(offset, FrameScan.MaxLengthBytes);
        WireReader reader = new(Window.Bytes[(int)(offset - Window.Offset)..]);
        if (!reader.TryReadUInt32(out uint content) || content == 0)
        {
            return RejectReason.InvalidProtobuf;
        }

        int prefix = reader.Position;
        if (content > _maxFrameBytes)
        {
            // The length of a large frame is believed only if another frame follows it.
            length = prefix + (long)content;
            return RejectReason.TooLarge;
        }

        if (!Shows(offset, prefix + (int)content))
        {
            return RejectReason.InvalidProtobuf;
        }

        length = prefix + content;
        return _frame.Read(Window.Bytes.Slice((int)(offset - Window.Offset) + prefix, (int)content));
    }

    /// <summary>Whether a frame, or nothing more, is at an offset.</summary>
    private bool IsFrameOrEnd(long offset, bool isMarked)
    {
        if (!Shows(offset, 1))
        {
            return Window.Offset == offset;
        }

        Shows(offset, FrameScan.MaxLengthBytes + ProtoFormat.Sync.Length);
        return !isMarked || FrameScan.IsFrame(Window.Bytes[(int)(offset - Window.Offset)..]);
    }

    /// <summary>Returns where the next frame starts from an offset on, or the end of the file.</summary>
    private long FindNext(long offset)
    {
        while (Shows(offset, 1))
        {
            Shows(offset, ScanBytes);
            int from = (int)(offset - Window.Offset);
            bool isLast = Window.ReachesEnd;
            int end = isLast ? Window.Length : Math.Max(from + 1, Window.Length - FrameScan.MaxLengthBytes - ProtoFormat.Sync.Length - FrameScan.MaxProofBytes);
            int found = FrameScan.Find(Window.Bytes, from, end);
            if (found >= 0)
            {
                return Window.Offset + found;
            }

            offset = Window.Offset + end;
        }

        return Window.FileLength;
    }

    /// <summary>Moves the window so that it shows a range of the file; false when the file ends before.</summary>
    private bool Shows(long offset, int bytes)
    {
        if (offset < Window.Offset || offset + bytes > Window.Offset + Window.Length)
        {
            Window.MoveTo(offset, Math.Max(bytes, ScanBytes));
        }

        return offset + bytes <= Window.Offset + Window.Length;
    }
}
