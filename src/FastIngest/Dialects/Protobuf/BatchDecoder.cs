using FastIngest.Health;
using FastIngest.Proto;
using FastIngest.Samples;

namespace FastIngest.Dialects.Protobuf;

/// <summary>
/// Reads a message <c>Batch</c> into columns and checks that they fit together. Fields may arrive in any order. A batch is
/// read as a whole or not at all: nothing of a damaged one counts.
/// </summary>
internal sealed class BatchDecoder
{
    /// <summary>The most microseconds since 0001-01-01, so that a sleep has a next day.</summary>
    private static readonly long MaxTime = DateOnly.MaxValue.DayNumber * WallTime.MicrosPerDay;

    private static readonly int MaxNumbers = Enumerable.Range(0, Categories.Count).Max(c => RecordSchema.Of((Category)c).NumberCount);

    private readonly ReadColumn[] _columns;
    private int _numberColumns;
    private ulong _category, _records, _timeUnit;
    private int _unknown;

    public BatchDecoder()
    {
        _columns = [User, Time, TimeForm, DayOffset, Id, .. Text, Duration, EndForm, NameCount, Name];
    }

    public Category Category { get; private set; }

    public int Records { get; private set; }

    public TextList Texts { get; } = new();

    public ReadColumn User { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn Time { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn TimeForm { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn DayOffset { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn Id { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn[] Text { get; } = [new(ProtoFormat.MaxRecords), new(ProtoFormat.MaxRecords), new(ProtoFormat.MaxRecords)];

    public ReadColumn Duration { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn EndForm { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn NameCount { get; } = new(ProtoFormat.MaxRecords);

    public ReadColumn Name { get; } = new(ProtoFormat.MaxNamedValues);

    public ReadNumbers[] Numbers { get; } = [.. Enumerable.Range(0, MaxNumbers).Select(_ => new ReadNumbers(ProtoFormat.MaxRecords))];

    public ReadNumbers Smallest { get; } = new(ProtoFormat.MaxRecords);

    public ReadNumbers Largest { get; } = new(ProtoFormat.MaxRecords);

    public ReadNumbers Named { get; } = new(ProtoFormat.MaxNamedValues);

    /// <summary>The times of the records in microseconds since 0001-01-01 on the local clock.</summary>
    public long[] Times { get; private set; } = [];

    /// <summary>The days of the records as days since 0001-01-01.</summary>
    public int[] Days { get; private set; } = [];

    /// <summary>The number of fields that are not known.</summary>
    public int Unknown => _unknown;

    public void Clear()
    {
        (_category, _records, _timeUnit, _numberColumns, _unknown) = (0, 0, 0, 0, 0);
        Texts.Clear();
        foreach (ReadColumn column in _columns)
        {
            column.Clear();
        }

        foreach (ReadNumbers numbers in (ReadOnlySpan<ReadNumbers>)[Smallest, Largest, Named, .. Numbers])
        {
            numbers.Clear();
        }
    }

    /// <summary>Reads the message, or a further piece of it; null, or why it cannot be read.</summary>
    public RejectReason? Read(ReadOnlySpan<byte> message)
    {
        WireReader reader = new(message);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out int field, out int wireType))
            {
                return RejectReason.InvalidProtobuf;
            }

            if (field == BatchField.Texts)
            {
                if (wireType != WireType.Length || !reader.TryReadBytes(out ReadOnlySpan<byte> text))
                {
                    return RejectReason.InvalidProtobuf;
                }

                if (!Texts.TryAdd(text))
                {
                    return RejectReason.InvalidText;
                }
            }
            else if (!TryReadField(ref reader, field, wireType))
            {
                return RejectReason.InvalidProtobuf;
            }
        }

        return null;
    }

    /// <summary>Checks that the columns fit together, and computes the times; false when the batch cannot be read.</summary>
    /// <param name="messageBytes">The length of the batch.</param>
    public bool TryFit(int messageBytes)
    {
        if (_category is 0 or > (ulong)Categories.Count || _records is 0 or > ProtoFormat.MaxRecords)
        {
            return false;
        }

        (Category, Records) = ((Category)((int)_category - 1), (int)_records);
        int schemaNumbers = RecordSchema.Of(Category).NumberCount;
        if (_numberColumns > schemaNumbers
            || !User.TryFit(Records, isFull: Category == Category.Users)
            || !(Time.TryFit(Records, isFull: Category != Category.Users) && TimeForm.TryFit(Records) && DayOffset.TryFit(Records))
            || !(Id.TryFit(Records) && Text[0].TryFit(Records) && Text[1].TryFit(Records) && Text[2].TryFit(Records))
            || !(Duration.TryFit(Records) && EndForm.TryFit(Records) && Smallest.TryFit(Records) && Largest.TryFit(Records))
            || !NameCount.TryFit(Records)
            || !Numbers.AsSpan(0, schemaNumbers).ToArray().All(n => n.TryFit(Records)))
        {
            return false;
        }

        long shared = 0;
        return TryFitNames(ref shared)
            && TryFitTexts(User, ref shared) && TryFitTexts(Id, ref shared)
            && TryFitTexts(Text[0], ref shared) && TryFitTexts(Text[1], ref shared) && TryFitTexts(Text[2], ref shared)
            && shared <= (long)ProtoFormat.SharedUses * messageBytes
            && (Category == Category.Users || TryFitTimes())
            && (Category != Category.Samples || AreMetrics());
    }

    private bool TryReadField(ref WireReader reader, int field, int wireType)
    {
        const ulong Index = uint.MaxValue;
        return field switch
        {
            BatchField.Category => wireType == WireType.Varint && reader.TryReadVarint(out _category),
            BatchField.Records => wireType == WireType.Varint && reader.TryReadVarint(out _records),
            BatchField.User => User.TryRead(ref reader, wireType, isSigned: false, Index),
            BatchField.TimeUnit => wireType == WireType.Varint && reader.TryReadVarint(out _timeUnit),
            BatchField.Time => Time.TryRead(ref reader, wireType, isSigned: true, ulong.MaxValue),
            BatchField.TimeForm => TimeForm.TryRead(ref reader, wireType, isSigned: false, Index),
            BatchField.DayOffset => DayOffset.TryRead(ref reader, wireType, isSigned: true, Index),
            BatchField.Id => Id.TryRead(ref reader, wireType, isSigned: false, Index),
            >= BatchField.Text1 and <= BatchField.Text3 => Text[field - BatchField.Text1].TryRead(ref reader, wireType, isSigned: false, Index),
            BatchField.Numbers => _numberColumns < MaxNumbers && TryReadNumbers(ref reader, wireType, Numbers[_numberColumns++]),
            BatchField.Duration => Duration.TryRead(ref reader, wireType, isSigned: true, ulong.MaxValue),
            BatchField.EndForm => EndForm.TryRead(ref reader, wireType, isSigned: false, Index),
            BatchField.Smallest => TryReadNumbers(ref reader, wireType, Smallest),
            BatchField.Largest => TryReadNumbers(ref reader, wireType, Largest),
            BatchField.NameCount => NameCount.TryRead(ref reader, wireType, isSigned: false, Index),
            BatchField.Name => Name.TryRead(ref reader, wireType, isSigned: false, Index),
            BatchField.Named => TryReadNumbers(ref reader, wireType, Named),
            _ => reader.TrySkip(field, wireType) && ++_unknown > 0,
        };
    }

    private bool TryReadNumbers(ref WireReader reader, int wireType, ReadNumbers numbers) =>
        wireType == WireType.Length && reader.TryReadBytes(out ReadOnlySpan<byte> message) && numbers.TryRead(message, ref _unknown);

    private bool TryFitNames(ref long shared)
    {
        long names = 0;
        for (int i = 0; i < Records; i++)
        {
            names += NameCount[i];
            if (names > Name.Count)
            {
                return false;
            }
        }

        return names == Name.Count && Name.TryFit(Name.Count) && Named.TryFit(Name.Count) && TryFitTexts(Name, ref shared);
    }

    /// <summary>Checks the indexes of a column, and adds the bytes of the long texts that it refers to.</summary>
    private bool TryFitTexts(ReadColumn column, ref long shared)
    {
        int uses = column.IsConstant ? Records : 1;
        foreach (long index in column.Values)
        {
            if ((ulong)index >= (ulong)Texts.Count)
            {
                return false;
            }

            int length = Texts[index].Length;
            shared += length > ProtoFormat.SharedTextBytes ? (long)length * uses : 0;
        }

        return true;
    }

    private bool TryFitTimes()
    {
        if (Times.Length < Records)
        {
            Times = new long[Math.Min(Records * 2, ProtoFormat.MaxRecords)];
            Days = new int[Times.Length];
        }

        // The times of all records lie in the years from 1 to 9999, so that no sum overflows.
        ulong unit = Math.Max(_timeUnit, 1);
        if (unit > (ulong)MaxTime)
        {
            return false;
        }

        long most = MaxTime / (long)unit;
        long time = 0;
        for (int i = 0; i < Records; i++)
        {
            long difference = Time[i];
            if (difference > most || difference < -most)
            {
                return false;
            }

            time += difference;
            if ((ulong)time > (ulong)most)
            {
                return false;
            }

            long micros = time * (long)unit;
            long day = (micros / WallTime.MicrosPerDay) + DayOffset[i];
            if ((ulong)day > (ulong)DateOnly.MaxValue.DayNumber)
            {
                return false;
            }

            (Times[i], Days[i]) = (micros, (int)day);
        }

        return AreForms(TimeForm) && AreForms(EndForm) && AreDurations((long)unit, most);
    }

    private bool AreForms(ReadColumn column)
    {
        foreach (long index in column.Values)
        {
            if ((ulong)index >= (ulong)Texts.Count || !Texts.IsForm(index))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every sample ends at a time; changes the durations into ends.</summary>
    private bool AreDurations(long unit, long most)
    {
        for (int i = 0; i < Records && Duration.Count > 0; i++)
        {
            long duration = Duration[i];
            if (duration > most || duration < -most || (ulong)(Times[i] + (duration * unit)) > (ulong)MaxTime)
            {
                return false;
            }
        }

        DurationUnit = unit;
        return true;
    }

    /// <summary>The unit of <see cref="Duration"/> in microseconds.</summary>
    public long DurationUnit { get; private set; }

    /// <summary>Whether every sample has the name of a metric: a name, or a name and a unit in brackets.</summary>
    private bool AreMetrics()
    {
        foreach (long index in Text[0].Values)
        {
            ReadOnlySpan<byte> metric = Texts[index];
            int bracket = metric.IndexOf(" ["u8);
            if (metric.IsEmpty || (bracket >= 0 && (metric[^1] != ']' || bracket + 2 >= metric.Length)))
            {
                return false;
            }
        }

        return Text[0].Count > 0;
    }
}
