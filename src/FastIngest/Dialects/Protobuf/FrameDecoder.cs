using FastIngest.Health;
using FastIngest.Proto;

namespace FastIngest.Dialects.Protobuf;

/// <summary>Reads a message <c>Frame</c>, and the batch in it.</summary>
internal sealed class FrameDecoder
{
    private int _unknown;

    public FrameDecoder() => Records = new BatchRecords(Batch);

    /// <summary>What the frame has: the number of the field of the header, the batch or the end.</summary>
    public int Content { get; private set; }

    /// <summary>Which of the input files the records come from.</summary>
    public uint File { get; private set; }

    public BatchDecoder Batch { get; } = new();

    /// <summary>The records of the batch.</summary>
    public BatchRecords Records { get; }

    /// <summary>The number of fields that are not known.</summary>
    public int Unknown => _unknown + Batch.Unknown;

    /// <summary>Reads a frame; null, or why it cannot be read.</summary>
    public RejectReason? Read(ReadOnlySpan<byte> message)
    {
        (Content, File, _unknown) = (0, 0, 0);
        Batch.Clear();
        int batchBytes = 0;
        WireReader reader = new(message);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out int field, out int wireType))
            {
                return RejectReason.InvalidProtobuf;
            }

            if (field is FrameField.Header or FrameField.Batch or FrameField.End)
            {
                if (wireType != WireType.Length || !reader.TryReadBytes(out ReadOnlySpan<byte> content) || (Content != 0 && Content != field))
                {
                    return RejectReason.InvalidProtobuf;
                }

                Content = field;
                batchBytes += content.Length;
                if (field == FrameField.Batch && Batch.Read(content) is { } reason)
                {
                    return reason;
                }
            }
            else if (!TryReadOther(ref reader, field, wireType))
            {
                return RejectReason.InvalidProtobuf;
            }
        }

        return Content != 0 && (Content != FrameField.Batch || Batch.TryFit(batchBytes)) ? null : RejectReason.InvalidProtobuf;
    }

    private bool TryReadOther(ref WireReader reader, int field, int wireType)
    {
        if (field == FrameField.File)
        {
            bool isRead = wireType == WireType.Varint & reader.TryReadUInt32(out uint file);
            File = file;
            return isRead;
        }

        if (field != FrameField.Sync)
        {
            _unknown++;
        }

        return reader.TrySkip(field, wireType) && (field != FrameField.Sync || wireType == WireType.Fixed64);
    }
}
