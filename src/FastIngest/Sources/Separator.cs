using FastIngest.Json;

namespace FastIngest.Sources;

/// <summary>
/// The bytes between the records of a file, from the last byte of a record to the end of the next record's first key
/// (<c>},\n  {\n    "user_id"</c>). They are learned from the head of the file. Where they occur, a record very likely starts.
/// </summary>
public sealed class Separator
{
    /// <summary>The number of bytes of the head to learn from.</summary>
    public const int SampleBytes = 64 * 1024;

    /// <summary>No separator was learned.</summary>
    public static readonly Separator None = new([], 0);

    private const int MaxBytes = 256;

    private readonly byte[] _bytes;
    private readonly int _recordAt;

    private Separator(byte[] bytes, int recordAt)
    {
        _bytes = bytes;
        _recordAt = recordAt;
    }

    /// <summary>Learns the separator from the first records of a file, and returns the state of the reader at these records.</summary>
    public static Separator Learn(FileWindow window, FramePosition head, int maxRecordBytes, out FrameState state)
    {
        RecordFields fields = new(new FieldNames(false, "user_id"));
        ElementReader reader = new(window, fields, maxRecordBytes);
        long sampleEnd = window.Offset + window.Bytes.Length;
        reader.Start(head, sampleEnd);
        long end = -1;
        state = head.State;
        while (reader.Next())
        {
            state = reader.Position.State;
            if (reader.Status != ReadStatus.Object)
            {
                end = -1;
                continue;
            }

            if (end >= 0)
            {
                ReadOnlySpan<byte> record = reader.Element;
                int keyStart = record.IndexOf((byte)'"') + 1;
                int keyLength = keyStart > 0 ? record[keyStart..].IndexOf((byte)'"') + 1 : 0;
                long from = end - 1;
                int length = (int)(reader.ElementOffset - from) + keyStart + keyLength;
                if (keyLength > 0 && length <= MaxBytes && from >= window.Offset)
                {
                    return new Separator(
                        window.Bytes.Slice((int)(from - window.Offset), length).ToArray(), (int)(reader.ElementOffset - from));
                }
            }

            end = reader.ElementOffset + reader.ElementLength;
        }

        return None;
    }

    /// <summary>The first offset in a range, within the window, where a record follows the separator; or -1.</summary>
    public long Find(FileWindow window, long from, long endExcl)
    {
        if (_bytes.Length == 0)
        {
            return -1;
        }

        int start = (int)Math.Max(0, from - _recordAt - window.Offset);
        ReadOnlySpan<byte> bytes = window.Bytes;
        if (start >= bytes.Length)
        {
            return -1;
        }

        int found = bytes[start..].IndexOf(_bytes);
        long place = window.Offset + start + found + _recordAt;
        return found >= 0 && place < endExcl ? place : -1;
    }
}
