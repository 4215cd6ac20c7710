using System.Buffers;
using FastIngest.Json;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Collects the day's measurements by name. Within one record the last value of a repeated name counts, even if it is not
/// a number; over the records of the day the last number counts. Names, their sort order and their JSON are cached between
/// days, because the same names recur.
/// </summary>
internal sealed class MeasurementDay
{
    /// <summary>When more names than this are cached, the cache is cleared before the next day.</summary>
    private const int MaxCachedNames = 256;

    private readonly ByteStringTable _names = new();
    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly NameList _list = new();
    private readonly long[] _group = new long[Segment.GroupSize];
    private int[] _places = new int[32];
    private int _placeCount;
    private Entry[] _entries = new Entry[32];
    private int[] _order = [];
    private long _record;
    private long _firstRecord;

    /// <summary>Reads the events of a day and writes the sentence.</summary>
    /// <param name="events">The events.</param>
    /// <param name="hasSentences">Whether the sentence is written.</param>
    /// <param name="batch">Receives the sentence.</param>
    public void Reduce(ref DayEvents events, bool hasSentences, SummaryBatch batch)
    {
        if (_names.Count > MaxCachedNames)
        {
            ClearCache();
        }

        _firstRecord = _record + 1;
        while (events.Next(out PayloadReader payload))
        {
            _record++;
            ReadOnlySpan<byte> list = payload.ReadText();
            if (!list.SequenceEqual(_list.Bytes))
            {
                ReadNames(list);
            }

            ReadOnlySpan<int> places = _places.AsSpan(0, _placeCount);
            while (!places.IsEmpty)
            {
                Span<long> numbers = _group.AsSpan(0, Math.Min(places.Length, Segment.GroupSize));
                uint present = payload.ReadNumbers(numbers);
                for (int i = 0; i < numbers.Length; i++)
                {
                    Set(ref _entries[places[i]], (present >> i & 1) != 0, numbers[i]);
                }

                places = places[numbers.Length..];
            }
        }

        SortNames();
        if (hasSentences)
        {
            WriteSentence(batch);
        }
    }

    /// <summary>Writes the measurements of the day last reduced as a JSON object, names in byte order; returns null when there are none.</summary>
    public TextRef WriteJson(SummaryBatch batch)
    {
        int start = batch.TextLength;
        Span<byte> target = batch.GetSpan(checked(_json.WrittenCount + (_order.Length * DoubleText.MaxBytes) + DoubleText.MaxBytes));
        int length = 0;
        foreach (int index in _order)
        {
            ref Entry entry = ref _entries[index];
            if (HasValueToday(entry))
            {
                // The cache holds `{"name": ` for each name. After the first name, a comma and a blank replace the brace.
                ReadOnlySpan<byte> name = _json.WrittenSpan.Slice(entry.JsonStart, entry.JsonLength);
                if (length > 0)
                {
                    ", "u8.CopyTo(target[length..]);
                    name[1..].CopyTo(target[(length + 2)..]);
                    length += name.Length + 1;
                }
                else
                {
                    name.CopyTo(target);
                    length = name.Length;
                }

                length += DoubleText.WriteMicros(target[length..], entry.Value);
            }
        }

        if (length == 0)
        {
            return TextRef.Null;
        }

        target[length] = (byte)'}';
        batch.Advance(length + 1);
        return batch.TextSince(start);
    }

    private void WriteSentence(SummaryBatch batch)
    {
        SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(_order.Length, _json.WrittenCount)));
        foreach (int index in _order)
        {
            ref Entry entry = ref _entries[index];
            if (HasValueToday(entry))
            {
                if (sentence.Length > 0)
                {
                    sentence.Literal(", "u8);
                }
                else
                {
                    sentence.Literal(" Measured: "u8);
                }

                sentence.Literal(_names[index]);
                sentence.Literal(" "u8);
                sentence.Number(entry.Value);
            }
        }

        if (sentence.Length > 0)
        {
            sentence.Literal("."u8);
            batch.Advance(sentence.Length);
        }
    }

    private bool HasValueToday(in Entry entry) => entry.Record >= _firstRecord && entry.HasValue;

    private void Set(ref Entry entry, bool isNumber, long value)
    {
        if (entry.Record != _record)
        {
            entry.HasEarlier = HasValueToday(entry);
            entry.Earlier = entry.Value;
            entry.Record = _record;
        }

        entry.HasValue = isNumber || entry.HasEarlier;
        entry.Value = isNumber ? value : entry.Earlier;
    }

    /// <summary>Reads a name list that differs from the previous record's list, and looks up the place of each name.</summary>
    private void ReadNames(ReadOnlySpan<byte> list)
    {
        _list.Set(list);
        _placeCount = 0;
        while (!list.IsEmpty)
        {
            ReadOnlySpan<byte> name = NameList.ReadName(ref list);
            int known = _names.Count;
            int index = _names.Add(name);
            if (index == known)
            {
                AddEntry(index, name);
            }

            if (_placeCount == _places.Length)
            {
                Array.Resize(ref _places, _placeCount * 2);
            }

            _places[_placeCount++] = index;
        }
    }

    private void AddEntry(int index, ReadOnlySpan<byte> name)
    {
        if (index == _entries.Length)
        {
            Array.Resize(ref _entries, index * 2);
        }

        int start = _json.WrittenCount;
        _json.Write("{"u8);
        JsonText.Write(_json, name);
        _json.Write(": "u8);
        _entries[index] = new Entry { JsonStart = start, JsonLength = _json.WrittenCount - start };
    }

    /// <summary>Sorts the cached names by their bytes, if names were added.</summary>
    private void SortNames()
    {
        if (_order.Length != _names.Count)
        {
            _order = [.. Enumerable.Range(0, _names.Count)];
            Array.Sort(_order, (a, b) => _names[a].SequenceCompareTo(_names[b]));
        }
    }

    private void ClearCache()
    {
        _names.Clear();
        _json.ResetWrittenCount();
        _list.Clear();
        _placeCount = 0;
        _order = [];
    }

    private struct Entry
    {
        public long Record, Value, Earlier;
        public bool HasValue, HasEarlier;
        public int JsonStart, JsonLength;
    }
}
