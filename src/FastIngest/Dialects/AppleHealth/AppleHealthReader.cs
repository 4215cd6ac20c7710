using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>
/// Reads the tags of an Apple Health export one after another. Each start tag below the root is one record: it is read, rejected
/// or passed over by its name. A chunk ends before the first child of the root that starts after its end, so that the start of
/// a chunk can be guessed from the names of such children and the white space before them.
/// </summary>
internal sealed class AppleHealthReader : ExportReader
{
    /// <summary>The number of tags between two checks for cancellation.</summary>
    private const int CancellationInterval = 1024;

    /// <summary>The number of tags in which the key of a record is searched.</summary>
    private const int MaxKeyTags = 32;

    private readonly int _maxRecordBytes;
    private readonly MarkupReader _markup;
    private readonly XmlTag _tag = new();
    private readonly SampleReader _samples;
    private readonly WorkoutReader _workouts;
    private readonly PassedOver _passedOver = new();
    private FrameState _state;
    private long _correlationEnd;

    public AppleHealthReader(int maxRecordBytes)
    {
        _maxRecordBytes = maxRecordBytes;
        _markup = new MarkupReader(Window, maxRecordBytes);
        _samples = new SampleReader(_tag, _passedOver);
        _workouts = new WorkoutReader(_markup, _tag, maxRecordBytes);
    }

    protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl)
    {
        if (from == plan.Head.Offset)
        {
            return plan.Head;
        }

        byte[] gap = ((AppleHealthPlan)plan).Gap;
        long guess = FindChild(from, endExcl, gap);
        guess = guess < 0 && gap.Length > 0 ? FindChild(from, endExcl, []) : guess;
        return guess < 0 ? null : new FramePosition(guess, FrameState.Array);
    }

    protected override bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key)
    {
        _markup.Start(start.Offset);
        for (int i = 0; i < MaxKeyTags && _markup.SkipBlanks(); i++)
        {
            ReadOnlySpan<byte> region = _markup.Region(out _);
            if (region.StartsWith("<Record"u8) && _tag.TryRead(region) && SampleReader.DayOf(region, _tag) is { } day)
            {
                key = new RowKey((plan.User ?? Rules.DefaultUser).ToArray(), day);
                return key.User.Length > 0;
            }

            if (!region.StartsWith("<!"u8) || !_markup.TrySkipSpecial(isInRoot: false))
            {
                _markup.SkipRegion();
            }
        }

        key = default;
        return false;
    }

    protected override FramePosition ReadRecords(FilePlan plan, FramePosition start, long endExcl, RecordReceiver records, CancellationToken cancellationToken)
    {
        _state = start.State;
        _correlationEnd = 0;
        _markup.Start(start.Offset);
        if (start.Offset == 0 && _markup.Rest.StartsWith("\uFEFF"u8))
        {
            _markup.Position = 3;
        }

        int count = 0;
        while (_markup.SkipBlanks())
        {
            if ((_markup.Position >= endExcl && _markup.Position >= _correlationEnd && IsBoundary(_markup.Rest))
                || (++count % CancellationInterval == 0 && cancellationToken.IsCancellationRequested))
            {
                break;
            }

            int length = _markup.Position < _correlationEnd ? 0 : _samples.TryReadKnown(_markup.Rest, _markup.Position, _maxRecordBytes, records);
            if (length > 0)
            {
                _markup.Position += length;
            }
            else
            {
                ReadPiece(records);
            }
        }

        _passedOver.Flush(records);
        return new FramePosition(_markup.Position, _state);
    }

    /// <summary>Whether the next chunk begins here: with a child of the root, with the end of the root, or with text, which belongs to nothing.</summary>
    private static bool IsBoundary(ReadOnlySpan<byte> rest) => rest[0] != '<' || rest.StartsWith("</HealthData"u8) || ChildNames.StartsWithOne(rest);

    private long FindChild(long from, long endExcl, ReadOnlySpan<byte> gap)
    {
        ReadOnlySpan<byte> bytes = Window.Bytes;
        int at = (int)(from - Window.Offset);
        int end = (int)Math.Min(endExcl - Window.Offset, bytes.Length);
        while (at < end)
        {
            int found = bytes[at..end].IndexOf((byte)'<');
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (bytes[..at].EndsWith(gap) && ChildNames.StartsWithOne(bytes[at..]))
            {
                return Window.Offset + at;
            }

            at++;
        }

        return -1;
    }

    private void ReadPiece(RecordReceiver records)
    {
        ReadOnlySpan<byte> region = _markup.Region(out bool isCut);
        bool isRead = region[0] == '<' && region.Length > 1 && region[1] switch
        {
            (byte)'!' or (byte)'?' => _markup.TrySkipSpecial(_state == FrameState.Array),
            (byte)'/' => TryReadEnd(region),
            _ => TryReadStart(region, records),
        };
        if (!isRead)
        {
            long offset = _markup.Position;
            long length = _markup.Region(out _).TrimEnd(" \t\r\n"u8).Length;
            _markup.SkipRegion();
            records.Reject(offset, isCut ? _markup.Position - offset : length, isCut ? RejectReason.TooLarge : RejectReason.InvalidXml);
        }
    }

    private bool TryReadEnd(ReadOnlySpan<byte> region)
    {
        int end = region.IndexOf((byte)'>');
        if (end < 0 || region[2..end].ContainsAny("\"'=/"u8))
        {
            return false;
        }

        if (region[2..end].TrimEnd(" \t\r\n"u8).SequenceEqual("HealthData"u8))
        {
            _state = FrameState.Top;
        }

        _markup.Position += end + 1;
        return true;
    }

    private bool TryReadStart(ReadOnlySpan<byte> region, RecordReceiver records)
    {
        if (!_tag.TryRead(region))
        {
            return false;
        }

        ReadOnlySpan<byte> name = _tag.Name(region);
        int length = _tag.Length;
        if (name.SequenceEqual("Record"u8))
        {
            if (_markup.Position < _correlationEnd)
            {
                _passedOver.Add(PassedOver.NestedRecord, records);
            }
            else
            {
                _samples.Read(region, _markup.Position, records);
            }
        }
        else if (name.SequenceEqual("Workout"u8))
        {
            _workouts.Read(records);
        }
        else if (name.SequenceEqual("Correlation"u8) && !_tag.IsEmpty)
        {
            ReadCorrelation(length, records);
        }
        else if (!name.SequenceEqual("HealthData"u8))
        {
            _passedOver.Add(name, records);
        }
        else if (!_tag.IsEmpty)
        {
            _state = FrameState.Array;
        }

        _markup.Position += length;
        return true;
    }

    /// <summary>Passes over a correlation, whose records stand outside of it, too. One without an end is rejected, so that it hides no records after it.</summary>
    private void ReadCorrelation(int length, RecordReceiver records)
    {
        ElementScan scan = _workouts.Scan("Correlation"u8, length, records);
        if (scan.EndExcl < 0)
        {
            records.Reject(_markup.Position, length, scan.Reason);
            return;
        }

        _correlationEnd = scan.EndExcl;
        _passedOver.Add("Correlation"u8, records);
    }
}
