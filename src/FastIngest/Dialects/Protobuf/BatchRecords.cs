using System.Buffers.Binary;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Proto;
using FastIngest.Samples;

namespace FastIngest.Dialects.Protobuf;

/// <summary>Turns the columns of a batch into records.</summary>
internal sealed class BatchRecords(BatchDecoder batch)
{
    private readonly long[] _row = new long[NumericAggregate.MaxNumbers];
    private readonly NamedNumberList _named = new();
    private readonly StampText _start = new(), _end = new();
    private byte[] _id = new byte[64];

    /// <summary>Passes the records of the batch on.</summary>
    /// <param name="plan">The plan of the file.</param>
    /// <param name="file">Which of the files that were written into this one has the records.</param>
    /// <param name="offset">The offset of the frame, which is that of its records.</param>
    /// <param name="records">Receives the records.</param>
    public void Add(ProtobufPlan plan, uint file, long offset, RecordReceiver records)
    {
        Category category = batch.Category;
        bool isCollected = ((plan.CollectedCategories | plan.IdentifiedCategories) >> (int)category & 1) != 0;
        bool needsTimes = records.NeedsTimes(category);
        int numbers = RecordSchema.Of(category).NumberCount;
        _start.Clear();
        _end.Clear();
        int name = 0;
        for (int i = 0; i < batch.Records; i++)
        {
            RecordView view = default;
            view.File = (int)file;
            view.UserId = batch.Texts[batch.User[i]];
            view.Text0 = batch.Texts[batch.Text[0][i]];
            view.Text1 = batch.Texts[batch.Text[1][i]];
            view.Text2 = batch.Texts[batch.Text[2][i]];
            for (int n = 0; n < numbers; n++)
            {
                ReadNumbers column = batch.Numbers[n];
                _row[n] = column.Micros[i];
                view.NumbersPresent |= column.Has(i) ? 1u << n : 0;
            }

            view.Numbers = _row.AsSpan(0, numbers);
            bool isSleep = false;
            if (category == Category.Users)
            {
                view.Day = RecordView.ProfileDay;
            }
            else
            {
                isSleep = category == Category.Samples && SleepMetric.Is(view.Text0);
                view.Day = batch.Days[i];
                view.Timestamp = needsTimes || isSleep ? _start.Write(batch.Texts, batch.TimeForm[i], batch.Times[i]) : _start.WriteDay(batch.Times[i]);
            }

            if (!needsTimes && !isSleep && category is Category.HeartRate or Category.Samples && RunLength(i) is > 1 and int run)
            {
                records.AddRun(category, view, batch.Numbers[0].Micros.Slice(i, run), offset);
                i += run - 1;
                continue;
            }

            if (category == Category.Samples)
            {
                AddSampleFields(ref view, i);
            }
            else if (category == Category.Measurements)
            {
                int count = (int)batch.NameCount[i];
                view.Named = ReadNamed(name, count);
                name += count;
            }

            view.Id = IdOf(batch.Texts[batch.Id[i]], view.Timestamp, isCollected, file);
            records.Add(category, ref view, offset, 0);
        }
    }

    /// <summary>The number of records from one on that differ in nothing but their value and their time of day.</summary>
    private int RunLength(int first)
    {
        ReadNumbers values = batch.Numbers[0];
        if (!values.HasAll || batch.Smallest.HasAny || batch.Largest.HasAny || batch.Texts[batch.User[first]].IsEmpty)
        {
            return 1;
        }

        ReadOnlySpan<int> days = batch.Days.AsSpan(0, batch.Records);
        int end = days[first..].IndexOfAnyExcept(days[first]);
        end = end < 0 ? batch.Records : first + end;
        end = batch.User.EndOfEqual(first, end);
        end = batch.Text[0].EndOfEqual(first, end);
        end = batch.Text[1].EndOfEqual(first, end);
        return end - first;
    }

    private void AddSampleFields(ref RecordView view, int record)
    {
        long form = batch.EndForm[record];
        view.Text2 = form == 0 ? default : _end.Write(batch.Texts, form, batch.Times[record] + (batch.Duration[record] * batch.DurationUnit));
        if (batch.Smallest.Has(record) && batch.Largest.Has(record))
        {
            view.Spread = new SampleSpread(batch.Smallest.Micros[record], batch.Largest.Micros[record]);
        }
    }

    private NamedNumbers ReadNamed(int first, int count)
    {
        _named.Clear(count);
        for (int i = first; i < first + count; i++)
        {
            _named.Add(batch.Texts[batch.Name[i]], batch.Named.Has(i) ? batch.Named.Micros[i] : null);
        }

        return _named.Numbers;
    }

    /// <summary>Returns the id with its marks; where the file holds the records of several files, with the number of the record's file.</summary>
    private ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> id, ReadOnlySpan<byte> time, bool isCollected, uint file)
    {
        if (id.IsEmpty && !isCollected)
        {
            return default;
        }

        int length = RecordView.FileMarkBytes + 1 + Math.Max(id.Length, time.Length);
        if (_id.Length < length)
        {
            _id = new byte[length * 2];
        }

        length = 0;
        if (isCollected)
        {
            _id[0] = RecordView.FileMark;
            BinaryPrimitives.WriteUInt32LittleEndian(_id.AsSpan(1), file);
            length = RecordView.FileMarkBytes;
        }

        if (!id.IsEmpty)
        {
            _id[length++] = RecordView.IdMark;
        }

        ReadOnlySpan<byte> identity = id.IsEmpty ? time : id;
        identity.CopyTo(_id.AsSpan(length));
        return _id.AsSpan(0, length + identity.Length);
    }

    /// <summary>The text of a time. It keeps the day of the last one, because days repeat.</summary>
    private sealed class StampText
    {
        private readonly byte[] _text = new byte[StampForm.MaxTimeBytes + StampForm.MaxTailBytes];
        private int _day = -1;
        private long _index = -1;
        private StampForm _form;

        /// <summary>Forgets the form: another batch has other texts.</summary>
        public void Clear() => _index = -1;

        /// <summary>Writes only the day of a time.</summary>
        public ReadOnlySpan<byte> WriteDay(long micros)
        {
            SetDay(micros / WallTime.MicrosPerDay);
            return _text.AsSpan(0, DateParser.DayBytes);
        }

        public ReadOnlySpan<byte> Write(TextList texts, long form, long micros)
        {
            ReadOnlySpan<byte> text = texts[form];
            if (text is [ProtoFormat.VerbatimMark, ..])
            {
                return text[1..];
            }

            (long day, long time) = Math.DivRem(micros, WallTime.MicrosPerDay);
            SetDay(day);
            if (form != _index)
            {
                _form = StampForm.Parse(text)!.Value;
                _index = form;
            }

            return _text.AsSpan(0, _form.Write(_text, text, time));
        }

        private void SetDay(long day)
        {
            if (day != _day)
            {
                DayText.Write(_text, (int)day);
                _day = (int)day;
            }
        }
    }
}
