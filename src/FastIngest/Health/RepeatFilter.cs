using System.Buffers.Binary;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Finds repeats among the events of one key: equal records in different files count once. The result is the multiset union
/// over the files: of each distinct record, the largest number of times that one file has it.
/// </summary>
internal sealed class RepeatFilter
{
    private readonly ByteStringTable _distinct = new();
    private readonly RepeatCandidates _candidates = new();
    private readonly List<(byte[] Name, uint Present, long Number)> _named = [];
    private readonly long[] _numbers = new long[Segment.GroupSize];
    private Tally[] _tallies = new Tally[16];
    private byte[] _record = new byte[256];
    private int _length;
    private bool[] _isRepeated = new bool[16];
    private readonly TotalChoice _totals = new();
    private bool _isIdentified, _isTotal;
    private long _total;
    private uint _collected;

    /// <summary>The number of repeats among the events examined last.</summary>
    public int RepeatCount { get; private set; }

    /// <summary>Examines the events of one key, whose runs are in file order; returns one element per event, true for a repeat, or none if no event is one.</summary>
    /// <param name="category">The category of the events.</param>
    /// <param name="data">The bytes of the partition.</param>
    /// <param name="runs">The runs of the events.</param>
    /// <param name="files">The file of each run.</param>
    /// <param name="looksAtAll">Whether most events are candidates, such as records with ids, so that it is not worthwhile to look for others.</param>
    public ReadOnlySpan<bool> Examine(Category category, ReadOnlySpan<byte> data, ReadOnlySpan<Run> runs, ReadOnlySpan<int> files, bool looksAtAll)
    {
        RepeatCount = 0;
        if (!looksAtAll && !_candidates.Find(category, data, runs, files))
        {
            return [];
        }

        _distinct.Clear();
        _totals.Clear();
        int count = 0;
        for (int r = 0; r < runs.Length; r++)
        {
            SegmentReader reader = new(data, runs[r].Start, runs[r].Length);
            while (reader.Next())
            {
                if (count == _isRepeated.Length)
                {
                    Array.Resize(ref _isRepeated, count * 2);
                }

                if (!looksAtAll && !_candidates.IsCandidate(count))
                {
                    _isRepeated[count++] = false;
                    continue;
                }

                Encode(category, new PayloadReader(data, reader.PayloadStart));
                int known = _distinct.Count;
                int record = _distinct.Add(_record.AsSpan(0, _length));
                long file = ((long)files[r] << 32) | _collected;
                if (_isTotal)
                {
                    _totals.Add(record, file, count, _total);
                    _isRepeated[count++] = false;
                    continue;
                }

                bool isRepeat = IsRepeat(record, isNew: record == known, file);
                RepeatCount += isRepeat ? 1 : 0;
                _isRepeated[count++] = isRepeat;
            }
        }

        RepeatCount += _totals.MarkOthers(_isRepeated);
        return _isRepeated.AsSpan(0, count);
    }

    private bool IsRepeat(int record, bool isNew, long file)
    {
        if (record >= _tallies.Length)
        {
            Array.Resize(ref _tallies, Math.Max(record + 1, _tallies.Length * 2));
        }

        ref Tally tally = ref _tallies[record];
        tally = isNew ? new Tally(file, 1, 0) : tally with { File = file, InFile = tally.File == file ? tally.InFile + 1 : 1 };
        if (tally.InFile <= tally.Kept || (_isIdentified && !isNew))
        {
            return true;
        }

        tally = tally with { Kept = tally.InFile };
        return false;
    }

    /// <summary>Writes the record of an event so that equal records have equal bytes: back references are resolved, names sorted.</summary>
    private void Encode(Category category, PayloadReader payload)
    {
        _length = 0;
        ReadOnlySpan<byte> time = payload.ReadText();
        _collected = 0;
        if (time is [RecordView.FileMark, ..])
        {
            _collected = BinaryPrimitives.ReadUInt32LittleEndian(time[1..]);
            time = time[RecordView.FileMarkBytes..];
        }

        AddText(time);
        _isTotal = time is [RecordView.IdMark, RecordView.TotalMark, ..];
        _isIdentified = time is [RecordView.IdMark, ..];
        if (_isTotal)
        {
            ReadTotal(category, ref payload);
            return;
        }

        if (_isIdentified)
        {
            // The id of the vendor decides, whatever the record says.
            return;
        }

        if (category == Category.Samples)
        {
            AddSample(ref payload);
            return;
        }

        if (category == Category.HeartRate)
        {
            Add(SampleEvent.Read(ref payload).Sum);
            return;
        }

        if (category == Category.Measurements)
        {
            AddNamed(ref payload);
            return;
        }

        RecordSchema schema = RecordSchema.Of(category);
        for (int i = 0; i < schema.TextCount; i++)
        {
            AddText(payload.ReadText());
        }

        Span<long> numbers = _numbers.AsSpan(0, schema.NumberCount);
        Add(payload.ReadNumbers(numbers));
        foreach (long number in numbers)
        {
            Add(number);
        }
    }

    /// <summary>Adds the names that have a number, in byte order, each with its last one: the order of names in a record has no meaning.</summary>
    private void AddNamed(ref PayloadReader payload)
    {
        _named.Clear();
        ReadOnlySpan<byte> names = payload.ReadText();
        while (!names.IsEmpty)
        {
            int group = 0;
            int first = _named.Count;
            for (; group < Segment.GroupSize && !names.IsEmpty; group++)
            {
                _named.Add((NameList.ReadName(ref names).ToArray(), 0, 0));
            }

            uint present = payload.ReadNumbers(_numbers.AsSpan(0, group));
            for (int i = 0; i < group; i++)
            {
                _named[first + i] = (_named[first + i].Name, present >> i & 1, _numbers[i]);
            }
        }

        IEnumerable<(string Key, byte[] Name, uint Present, long Number)> last = _named.Select(n => (Convert.ToHexString(n.Name), n.Name, n.Present, n.Number)).Reverse();
        foreach ((_, byte[] name, _, long number) in last.DistinctBy(n => n.Key).Where(n => n.Present != 0).OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            AddText(name);
            Add(number);
        }
    }

    /// <summary>Reads the amount of a total. Totals of other metrics and sources are others.</summary>
    private void ReadTotal(Category category, ref PayloadReader payload)
    {
        if (category == Category.Samples)
        {
            MetricSample sample = MetricSample.Read(ref payload, hasTimes: true);
            AddText(sample.Metric);
            AddText(sample.Source);
            _total = sample.Totals.Sum;
            return;
        }

        RecordSchema schema = RecordSchema.Of(category);
        for (int i = 0; i < schema.TextCount; i++)
        {
            payload.ReadText();
        }

        payload.ReadNumbers(_numbers.AsSpan(0, schema.NumberCount));
        _total = _numbers[0];
    }

    private void AddSample(ref PayloadReader payload)
    {
        MetricSample sample = MetricSample.Read(ref payload, hasTimes: true);
        AddText(sample.Metric);
        AddText(sample.Source);
        AddText(sample.EndText);
        Add(sample.IsInterval ? sample.End : sample.Totals.Sum);
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        Add(text.Length);
        Reserve(text.Length);
        text.CopyTo(_record.AsSpan(_length));
        _length += text.Length;
    }

    private void Add(long number)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_record.AsSpan(_length), number);
        _length += sizeof(long);
    }

    private void Reserve(int bytes)
    {
        if (_record.Length - _length < bytes)
        {
            Array.Resize(ref _record, Math.Max(_record.Length * 2, _length + bytes));
        }
    }

    /// <summary>How often a distinct record occurs in the file read last, and how often it is kept.</summary>
    private readonly record struct Tally(long File, int InFile, int Kept);
}
