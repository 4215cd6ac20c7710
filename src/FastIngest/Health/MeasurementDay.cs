using FastIngest.Json;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// The day's measurements by name. In one record the last value of a name stands, number or not; over the day's
/// records the last number stands.
/// </summary>
internal sealed class MeasurementDay
{
    private readonly ByteStringTable _names = new();
    private Entry[] _entries = new Entry[32];
    private int[] _order = new int[32];
    private int _orderCount;

    /// <summary>Reads the events and writes the sentence.</summary>
    public void Reduce(ref DayEvents events, SummaryBatch batch)
    {
        _names.Clear();
        int record = 0;
        while (events.Next(out PayloadReader payload))
        {
            record++;
            for (long left = payload.ReadCount(); left > 0; left--)
            {
                payload.ReadText(out ReadOnlySpan<byte> name);
                bool isNumber = payload.ReadNumber(out long value);
                Set(record, name, isNumber, value);
            }
        }

        Order();
        if (_orderCount == 0)
        {
            return;
        }

        ReadOnlySpan<byte> opening = " Measured: "u8;
        for (int i = 0; i < _orderCount; i++)
        {
            ReadOnlySpan<byte> name = _names[_order[i]];
            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(1, name.Length)));
            sentence.Literal(opening);
            sentence.Literal(name);
            sentence.Literal(" "u8);
            sentence.Number(_entries[_order[i]].Value);
            batch.Advance(sentence.Length);
            opening = ", "u8;
        }

        "."u8.CopyTo(batch.GetSpan(1));
        batch.Advance(1);
    }

    /// <summary>The measurements read last as a JSON object; null when there are none.</summary>
    public TextRef WriteJson(SummaryBatch batch)
    {
        if (_orderCount == 0)
        {
            return TextRef.Null;
        }

        int start = batch.TextLength;
        for (int i = 0; i < _orderCount; i++)
        {
            batch.AddText(i == 0 ? "{"u8 : ", "u8);
            JsonText.Write(batch, _names[_order[i]]);
            batch.AddText(": "u8);
            batch.Advance(DoubleText.Write(batch.GetSpan(32), ExactDouble.FromMillionths(_entries[_order[i]].Value)));
        }

        batch.AddText("}"u8);
        return batch.TextSince(start);
    }

    private void Set(int record, ReadOnlySpan<byte> name, bool isNumber, long value)
    {
        int count = _names.Count;
        int index = _names.Add(name);
        if (index == _entries.Length)
        {
            Array.Resize(ref _entries, index * 2);
        }

        ref Entry entry = ref _entries[index];
        if (index == count)
        {
            entry = default;
        }

        if (entry.Record != record)
        {
            entry.HasEarlier = entry.HasValue;
            entry.Earlier = entry.Value;
            entry.Record = record;
        }

        entry.HasValue = isNumber || entry.HasEarlier;
        entry.Value = isNumber ? value : entry.Earlier;
    }

    /// <summary>Sorts the names that have a value by their bytes.</summary>
    private void Order()
    {
        if (_order.Length < _names.Count)
        {
            _order = new int[_entries.Length];
        }

        _orderCount = 0;
        for (int i = 0; i < _names.Count; i++)
        {
            if (_entries[i].HasValue)
            {
                _order[_orderCount++] = i;
            }
        }

        _order.AsSpan(0, _orderCount).Sort((a, b) => _names[a].SequenceCompareTo(_names[b]));
    }

    private struct Entry
    {
        public int Record;
        public bool HasValue, HasEarlier;
        public long Value, Earlier;
    }
}
