using System.Text;
using System.Text.Unicode;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Samples;
using FastIngest.Shuffle;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>
/// Reads the elements <c>Record</c>. Records of one type come one after another, so that most have the bytes of an earlier one
/// but for times and values, see <see cref="RecordTemplate"/>; the others are read attribute by attribute.
/// </summary>
internal sealed class SampleReader(XmlTag tag, PassedOver passedOver)
{
    /// <summary>The number of kinds of records that are compared: a type has several sources, and records with and without metadata.</summary>
    private const int TemplateCount = 8;

    /// <summary>When more types and units than this are known, they are forgotten.</summary>
    private const int MaxForms = 2048;

    /// <summary>A longer type or unit is none of Apple's.</summary>
    private const int MaxNameBytes = 256;

    private readonly RecordTemplate[] _templates = [.. Enumerable.Range(0, TemplateCount).Select(_ => new RecordTemplate())];
    private readonly ByteStringTable _formNames = new();
    private readonly List<RecordForm> _forms = [];
    private byte[] _texts = new byte[512];
    private int _last, _oldest;

    /// <summary>Reads a record that has the bytes of an earlier one; returns the length of its tag, or 0 if it differs.</summary>
    /// <param name="rest">The bytes from the record on.</param>
    /// <param name="offset">The offset of the record in the file, in bytes.</param>
    /// <param name="maxBytes">The maximum size of a record in bytes.</param>
    /// <param name="records">Receives the record.</param>
    public int TryReadKnown(ReadOnlySpan<byte> rest, long offset, int maxBytes, RecordReceiver records)
    {
        if (!rest.StartsWith("<Record "u8))
        {
            return 0;
        }

        for (int i = 0; i < TemplateCount; i++)
        {
            int index = (_last + i) % TemplateCount;
            RecordTemplate template = _templates[index];
            int length = template.Form is null ? 0 : template.Match(rest);
            if (length > 0 && length <= maxBytes)
            {
                _last = index;
                Add(template.Form!, template.Source, Read(template.Start, rest, records), Read(template.End, rest, records), rest[template.Value], offset, length, records);
                return length;
            }
        }

        return 0;
    }

    /// <summary>Reads a record whose tag was just read.</summary>
    /// <param name="region">The bytes of the tag.</param>
    /// <param name="offset">The offset of the record in the file, in bytes.</param>
    /// <param name="records">Receives the record.</param>
    public void Read(ReadOnlySpan<byte> region, long offset, RecordReceiver records)
    {
        ReadOnlySpan<byte> type = tag.Value(region, "type"u8);
        ReadOnlySpan<byte> unit = tag.Value(region, "unit"u8);
        ReadOnlySpan<byte> source = tag.Value(region, "sourceName"u8);

        // Exports of iOS 8 call it source.
        source = source.IsEmpty ? tag.Value(region, "source"u8) : source;
        if (type.Length > MaxNameBytes || unit.Length > MaxNameBytes)
        {
            records.Reject(offset, tag.Length, RejectReason.TooLarge);
            return;
        }

        int room = type.Length + unit.Length + source.Length + 1;
        if (_texts.Length < room)
        {
            _texts = new byte[room * 2];
        }

        // Type, a zero byte and unit are the name of the form.
        int typeLength = XmlText.Decode(type, _texts);
        _texts[typeLength] = 0;
        int nameLength = typeLength + 1 + XmlText.Decode(unit, _texts.AsSpan(typeLength + 1));
        ReadOnlySpan<byte> name = _texts.AsSpan(0, nameLength);
        source = _texts.AsSpan(nameLength, XmlText.Decode(source, _texts.AsSpan(nameLength)));
        if (!Utf8.IsValid(name) || !Utf8.IsValid(source))
        {
            records.Reject(offset, tag.Length, RejectReason.InvalidText);
            return;
        }

        if (typeLength == 0)
        {
            records.Reject(offset, tag.Length, RejectReason.NoValue);
            return;
        }

        RecordForm form = FormOf(name, typeLength);
        Add(form, source, Read(tag.Value(region, "startDate"u8), records), Read(tag.Value(region, "endDate"u8), records), tag.Value(region, "value"u8), offset, tag.Length, records);
        if (_templates[_oldest].TryLearn(region, tag, form, source))
        {
            _last = _oldest;
            _oldest = (_oldest + 1) % TemplateCount;
        }
    }

    /// <summary>Returns the day of a record; null when it has none.</summary>
    public static int? DayOf(ReadOnlySpan<byte> region, XmlTag tag)
    {
        bool isSleep = tag.Value(region, "type"u8).EndsWith("SleepAnalysis"u8);
        return !AppleStamp.TryReadUsual(tag.Value(region, isSleep ? "endDate"u8 : "startDate"u8), out AppleStamp stamp) ? null
            : isSleep ? RecordReceiver.SleepDay(stamp.Time) : stamp.Time.Day;
    }

    private RecordForm FormOf(ReadOnlySpan<byte> name, int typeLength)
    {
        if (_forms.Count == MaxForms)
        {
            _formNames.Clear();
            _forms.Clear();
        }

        int index = _formNames.Add(name);
        if (index == _forms.Count)
        {
            _forms.Add(RecordForm.Create(Encoding.UTF8.GetString(name[..typeLength]), Encoding.UTF8.GetString(name[(typeLength + 1)..])));
        }

        return _forms[index];
    }

    private static AppleStamp? Read(in MatchedStamp stamp, ReadOnlySpan<byte> rest, RecordReceiver records) => stamp.IsRead ? stamp.Stamp : Read(rest[stamp.Place], records);

    private static AppleStamp? Read(ReadOnlySpan<byte> text, RecordReceiver records) => AppleStamp.TryRead(text, records.Clock, out AppleStamp stamp) ? stamp : null;

    private void Add(
        RecordForm form, ReadOnlySpan<byte> source, in AppleStamp? startOrNone, in AppleStamp? endOrNone, ReadOnlySpan<byte> value, long offset, long length, RecordReceiver records)
    {
        if (startOrNone is not { } start)
        {
            records.Reject(offset, length, RejectReason.NoDate);
            return;
        }

        bool hasEnd = endOrNone is not null;
        AppleStamp end = endOrNone.GetValueOrDefault();
        Metric metric = form.Metric;
        long micros = 1_000_000;
        RejectReason? reason = null;
        switch (form.Kind)
        {
            case ValueKind.Number when !TryReadNumber(form, value, out micros):
            case ValueKind.Unusable:
                reason = RejectReason.NoValue;
                break;
            case ValueKind.NumberOrOne:
                micros = TryReadNumber(form, value, out long number) ? number : micros;
                break;
            case ValueKind.SleepStage:
                if (CategoryValues.Find(value) is not { } stage)
                {
                    PassOver(value, offset, length, records);
                    return;
                }

                metric = stage;
                reason = hasEnd && end.Time.Day < AppleStamp.LastDay ? null : RejectReason.NoDate;
                break;
            case ValueKind.StandHour:
                if (!CategoryValues.TryReadStood(value, out micros))
                {
                    PassOver(value, offset, length, records);
                    return;
                }

                break;
            case ValueKind.Minutes:
                long elapsed = hasEnd ? start.MicrosUntil(end) : -1;
                reason = elapsed >= 0 && Quantity.TryConvert(elapsed, new UnitFactor(1, 60), out micros) ? null : RejectReason.NoDate;
                break;
        }

        if (reason is { } rejected)
        {
            records.Reject(offset, length, rejected);
            return;
        }

        WallTime from = metric.Kind == MetricKind.Sleep ? start.ByClockOf(end) : start.Time;
        records.AddSample(metric, source, from, hasEnd ? end.Time : start.Time, micros, offset, length);
    }

    private static bool TryReadNumber(RecordForm form, ReadOnlySpan<byte> value, out long micros)
    {
        value = value.Trim((byte)' ');
        if (!form.IsFraction)
        {
            return Quantity.TryParse(value, form.Factor, out micros);
        }

        // A fraction above 1 does not exist: the program that recorded it wrote percent.
        return (Quantity.TryParse(value, form.Factor, out micros) && micros <= 100_000_000) || Quantity.TryParse(value, UnitFactor.One, out micros);
    }

    /// <summary>Counts a record by its value, which is none that is known; rejects it if it has none.</summary>
    private void PassOver(ReadOnlySpan<byte> value, long offset, long length, RecordReceiver records)
    {
        if (value.IsEmpty || value.Length > MaxNameBytes || value.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            records.Reject(offset, length, RejectReason.NoValue);
        }
        else
        {
            passedOver.Add(value, records);
        }
    }
}
