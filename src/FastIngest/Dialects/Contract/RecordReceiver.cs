using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Samples;
using FastIngest.Sinks.Records;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// Receives the records of an export from its dialect and turns them into events: checks them, applies the selection, the
/// pseudonyms and the plausibility rules, and counts. One receiver serves one worker. Before the records of a user, the dialect
/// sets <see cref="User"/> if the export names users.
/// </summary>
internal sealed class RecordReceiver
{
    /// <summary>The last day that can be written, 9999-12-30, so that its intervals of sleep have a next day.</summary>
    private static readonly int LastDay = DateOnly.MaxValue.DayNumber - 1;

    /// <summary>More microseconds than the calendar has.</summary>
    public const long MostMicros = 4_000_000 * WallTime.MicrosPerDay;

    private readonly EventWriter?[] _writers = new EventWriter?[Categories.Count];
    private readonly PlausibilityCheck?[] _checks = new PlausibilityCheck?[Categories.Count];
    private readonly RecordEncoder[]?[] _encoders = new RecordEncoder[]?[Categories.Count];
    private readonly byte[] _start = new byte[WallTime.MaxBytes], _end = new byte[WallTime.MaxBytes];
    private readonly UnreadableFields _unreadable = new();
    private readonly long[] _numbers = new long[NumericAggregate.MaxNumbers];
    private Func<Category, RecordEncoder[]> _encodersOf = _ => [];
    private FilePlan? _plan;
    private ChunkOutput? _output;
    private RecordRules _rules = RecordRules.Default;
    private RecordScope? _scope;
    private TimeZoneChoice? _zone;
    private byte[] _user = [], _id = [];
    private int _userLength, _startDay = -1, _endDay = -1;
    private bool _isDefaultUser;
    private Category? _accepted;
    private bool? _needsSampleTimes;

    /// <summary>Turns points in time into local times.</summary>
    public ZoneClock Clock { get; private set; } = new(null);

    /// <summary>The user of the following records, in UTF-8. At the start of a chunk it is the user that the run has chosen for the file.</summary>
    public ReadOnlySpan<byte> User
    {
        get => _user.AsSpan(0, _userLength);
        set
        {
            _isDefaultUser = false;
            if (_user.Length < value.Length)
            {
                _user = new byte[value.Length * 2];
            }

            value.CopyTo(_user);
            _userLength = value.Length;
        }
    }

    /// <summary>Makes the user that the run has chosen for the file the user of the following records, which name none.</summary>
    public void UseDefaultUser()
    {
        User = (_plan!.User ?? _rules.DefaultUser).Span;
        _isDefaultUser = true;
    }

    /// <summary>
    /// Makes the user that a record names the user of the following records; that of the file if it names none, or if the whole file belongs
    /// to one person, whom each clinic and each program calls differently.
    /// </summary>
    /// <param name="named">The user in UTF-8; empty without one.</param>
    public void UseUser(ReadOnlySpan<byte> named)
    {
        if (named.IsEmpty || _plan!.IsOfOneUser)
        {
            UseDefaultUser();
        }
        else
        {
            User = named;
        }
    }

    /// <summary>The number of records of the chunk that were passed over or rejected.</summary>
    public long NotUsed => _output!.PassedOver + _output.Rejects.Count;

    /// <summary>Counts the fields of records of a category that are not read, by name.</summary>
    public Json.NameCounts UnknownOf(Category category) => FieldsOf(category).Unknown;

    /// <summary>Begins with a chunk.</summary>
    public void Begin(FilePlan plan, ChunkOutput output, Func<Category, RecordEncoder[]> encodersOf, RecordRules rules, RecordScope? scope, TimeZoneChoice? zone)
    {
        _needsSampleTimes = null;
        _accepted = null;
        _unreadable.Settle(null);
        (_plan, _output, _encodersOf, _scope) = (plan, output, encodersOf, scope);
        if (_rules != rules)
        {
            Array.Clear(_checks);
            _rules = rules;
        }

        if (_zone != zone)
        {
            (_zone, Clock) = (zone, new ZoneClock(zone));
        }

        Clock.UtcCount = 0;
        UseDefaultUser();
        Array.Clear(_encoders);
        for (int category = 0; category < Categories.Count; category++)
        {
            if (_writers[category] is { } writer)
            {
                writer.Reset();
                writer.KeepsTimes = plan.Repeats.Applies((Category)category);
            }
        }
    }

    /// <summary>Ends the chunk.</summary>
    public void End()
    {
        for (int category = 0; category < Categories.Count; category++)
        {
            _writers[category]?.Flush(category == (int)Category.Samples ? _output!.Events : _output!.Of((Category)category).Events);
        }

        _output!.UtcStamps = Clock.UtcCount;
    }

    /// <summary>Adds a sample.</summary>
    /// <param name="metric">Its metric.</param>
    /// <param name="source">The name of the device or program that recorded it, decoded UTF-8; empty when unknown.</param>
    /// <param name="start">When it starts; it belongs to this day, a sleep to the day that <see cref="SleepDay"/> returns.</param>
    /// <param name="end">When it ends; equal to <paramref name="start"/> for a point in time.</param>
    /// <param name="micros">The value in micros of the metric's unit. For sleep it is ignored: the interval counts.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="length">The length of the record in bytes.</param>
    /// <param name="day">The day that the vendor gives, as days since 0001-01-01; null for that of the times.</param>
    /// <param name="id">The vendor's id of the record; empty without one. A record may give one sample of each metric.</param>
    /// <param name="spread">The smallest and largest value of the time, of which <paramref name="micros"/> is the average; null for a single value.</param>
    public void AddSample(
        Metric metric, ReadOnlySpan<byte> source, in WallTime start, in WallTime end, long micros, long offset, long length, int? day = null,
        ReadOnlySpan<byte> id = default, SampleSpread? spread = null)
    {
        if (start.Day > LastDay || end.Day > LastDay || end.Day < 0)
        {
            Reject(offset, length, RejectReason.NoDate);
            return;
        }

        RecordView view = default;
        view.UserId = User;
        view.Day = day ?? (metric.Kind == MetricKind.Sleep ? SleepDay(end) : start.Day);
        bool needsTimes = metric.Kind == MetricKind.Sleep || (_needsSampleTimes ??= NeedsTimes(Category.Samples));
        view.Timestamp = Write(needsTimes ? start : start with { HasTime = false }, _start, ref _startDay);
        view.Text0 = metric.Utf8Name;
        view.Text1 = source;
        view.Text2 = !needsTimes || end == start ? default : Write(end, _end, ref _endDay);
        _numbers[0] = metric.Kind == MetricKind.Sleep ? (end.TotalMicros - start.TotalMicros) / 60 : micros;
        view.Numbers = _numbers.AsSpan(0, 1);
        view.NumbersPresent = 1;
        view.Id = Mark(id, metric.Utf8Name);
        view.Spread = spread;
        Add(Category.Samples, ref view, offset, length);
    }

    /// <summary>The id of a total of the day that a later export may state anew, see <see cref="RecordView.TotalMark"/>.</summary>
    public static ReadOnlySpan<byte> TotalOfDay => [RecordView.TotalMark];

    /// <summary>The day of an interval of sleep: that on which it ends, but an interval that ends after 18:00 belongs to the night before the next day.</summary>
    public static int SleepDay(in WallTime end) => end.Plus(6 * 3600 * WallTime.MicrosPerSecond).Day;

    /// <summary>Returns the time that lies some time after another. One that no calendar has is still later or earlier, so that <see cref="AddSample"/> finds it.</summary>
    /// <param name="time">The time.</param>
    /// <param name="length">The time after it in micros of a unit.</param>
    /// <param name="unit">The length of the unit in microseconds.</param>
    public static WallTime After(in WallTime time, long length, long unit)
    {
        return time.Plus((long)Int128.Clamp((Int128)length * unit / 1_000_000, -MostMicros, MostMicros));
    }

    /// <summary>Adds a workout.</summary>
    /// <param name="type">The kind of sport, decoded UTF-8; empty when unknown.</param>
    /// <param name="start">When it starts; it belongs to this day.</param>
    /// <param name="minutes">The duration in micros of a minute; null when unknown.</param>
    /// <param name="kcal">The energy in micros of a kcal; null when unknown.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="length">The length of the record in bytes.</param>
    /// <param name="id">The vendor's id of the workout; empty without one. See <see cref="RecordView.Id"/>.</param>
    public void AddWorkout(ReadOnlySpan<byte> type, in WallTime start, long? minutes, long? kcal, long offset, long length, ReadOnlySpan<byte> id = default) =>
        AddNumbers(Category.Workouts, type, start.Day, start, [minutes, null, null, kcal], offset, length, id);

    /// <summary>Adds a meal.</summary>
    /// <param name="type">The meal or the food, decoded UTF-8; empty when unknown.</param>
    /// <param name="start">When it was eaten.</param>
    /// <param name="kcal">The energy in micros of a kcal.</param>
    /// <param name="protein">The protein in micros of a gram.</param>
    /// <param name="carbohydrates">The carbohydrates in micros of a gram.</param>
    /// <param name="fat">The fat in micros of a gram.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="length">The length of the record in bytes.</param>
    public void AddMeal(ReadOnlySpan<byte> type, in WallTime start, long? kcal, long? protein, long? carbohydrates, long? fat, long offset, long length) =>
        AddNumbers(Category.Nutrition, type, start.Day, start, [kcal, protein, carbohydrates, fat], offset, length);

    /// <summary>Adds a sleep of which only totals are known. Where intervals are known, add them as samples of the sleep metrics.</summary>
    /// <param name="quality">A word for its quality, decoded UTF-8; empty when unknown.</param>
    /// <param name="end">When it ends; it belongs to this day.</param>
    /// <param name="hours">The time asleep in micros of an hour.</param>
    /// <param name="deepHours">The deep sleep in micros of an hour; null when unknown.</param>
    /// <param name="remHours">The REM sleep in micros of an hour; null when unknown.</param>
    /// <param name="restingHeartRate">The resting heart rate in micros of a beat a minute; null when unknown.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="length">The length of the record in bytes.</param>
    /// <param name="id">The vendor's id of the sleep; empty without one. See <see cref="RecordView.Id"/>.</param>
    public void AddSleep(
        ReadOnlySpan<byte> quality, in WallTime end, long? hours, long? deepHours, long? remHours, long? restingHeartRate, long offset, long length, ReadOnlySpan<byte> id = default) =>
        AddNumbers(Category.Sleep, quality, end.Day, end, [hours, deepHours, remHours, restingHeartRate], offset, length, id);

    /// <summary>Adds the profile of the current user.</summary>
    /// <param name="name">The name, decoded UTF-8; empty when unknown.</param>
    /// <param name="gender">The gender, decoded UTF-8; empty when unknown.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="length">The length of the record in bytes.</param>
    public void AddProfile(ReadOnlySpan<byte> name, ReadOnlySpan<byte> gender, long offset, long length)
    {
        RecordView view = default;
        view.UserId = User;
        view.Day = RecordView.ProfileDay;
        view.Text0 = name;
        view.Text1 = gender;
        Span<long> numbers = _numbers.AsSpan(0, RecordSchema.Of(Category.Users).NumberCount);

        // A missing number is 0, not that of a record before: equal profiles are found by their bytes.
        numbers.Clear();
        view.Numbers = numbers;
        Add(Category.Users, ref view, offset, length);
    }

    /// <summary>Adds a record that the dialect could not read.</summary>
    public void Reject(long offset, long length, RejectReason reason)
    {
        _output!.Records++;
        _output.Rejects.Add(new Reject(offset, length, reason));
    }

    /// <summary>Counts a record that the dialect does not read, such as a kind of resource without a place in a day.</summary>
    /// <param name="name">The name of its kind in UTF-8.</param>
    /// <param name="count">The number of such records.</param>
    public void PassOver(ReadOnlySpan<byte> name, long count = 1)
    {
        _output!.Records += count;
        _output.PassedOver += count;
        _output.Fields.PassedOver.Add(name, count);
    }

    /// <summary>Notes a field that should hold a number and does not. It counts with <see cref="EndRecord"/> if the record is accepted.</summary>
    /// <param name="field">The name of the field.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="text">What the field holds, in UTF-8.</param>
    /// <param name="isText">Whether it is a text, which is shown in quotes.</param>
    public void CountUnreadable(string field, long offset, ReadOnlySpan<byte> text, bool isText) => _unreadable.Add(field, offset, text, isText);

    /// <summary>Reads a number with a unit. If it is none, or if its unit is none of the field, such as <c>12 fortnights</c>, it is noted as <see cref="CountUnreadable"/> does.</summary>
    /// <param name="field">The name of the field.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="text">The number in UTF-8; empty without one.</param>
    /// <param name="unit">The unit in UTF-8.</param>
    /// <param name="factor">The conversion of the unit; null for an unknown unit.</param>
    /// <returns>The number in micros; null when it is missing or cannot be read.</returns>
    public long? Number(string field, long offset, ReadOnlySpan<byte> text, ReadOnlySpan<byte> unit, UnitFactor? factor)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        if (!Quantity.TryParse(text, factor ?? UnitFactor.One, out long micros))
        {
            CountUnreadable(field, offset, text, isText: true);
            return null;
        }

        if (factor is null)
        {
            CountUnreadable(field, offset, unit.IsEmpty ? text : [.. text, (byte)' ', .. unit], isText: true);
            return null;
        }

        return micros;
    }

    /// <summary>Ends a record of the file, of which the dialect may have added several parts. Its unreadable fields count in the category of its first accepted part.</summary>
    public void EndRecord()
    {
        _unreadable.Settle(_accepted is { } category ? FieldsOf(category).Unreadable : null);
        _accepted = null;
    }

    /// <summary>Adds a record of any category.</summary>
    /// <param name="category">The category.</param>
    /// <param name="view">The record; its user may be replaced by a pseudonym.</param>
    /// <param name="offset">The offset of the record in its file, in bytes. Records arrive in the order of their offsets.</param>
    /// <param name="length">The length of the record in bytes.</param>
    public void Add(Category category, ref RecordView view, long offset, long length)
    {
        ChunkOutput output = _output!;
        CategoryOutput? other = category == Category.Samples ? null : output.Of(category);
        if (_scope is not null && !_scope.TryEnter(ref view, category))
        {
            Count(output, other, isFiltered: true);
            return;
        }

        EventWriter writer = WriterOf(category);
        PlausibilityCheck check = _checks[(int)category] ??= new PlausibilityCheck(category, _rules);
        RejectReason? reason = writer.Check(view);
        if (reason is null && check.Find(view) is var implausible and not 0)
        {
            check.Count(implausible, view, offset, FieldsOf(category).Implausible);
            reason = check.Apply(implausible, ref view);
        }

        reason ??= writer.Write(view, other?.Events ?? output.Events);
        if (reason is { } rejected)
        {
            Reject(offset, length, rejected);
            return;
        }

        _plan!.UsesDefaultUser |= _isDefaultUser;
        _accepted ??= category;
        Count(output, other, isFiltered: false);
        foreach (RecordEncoder encoder in EncodersOf(category))
        {
            encoder.Write(view);
        }
    }

    /// <summary>Whether the times of the records of a category matter beside their days: to find repeats, or to sinks that store records.</summary>
    public bool NeedsTimes(Category category) => _plan!.Repeats.Applies(category) || EncodersOf(category).Length > 0;

    /// <summary>Adds heart rates, or samples of a metric that is no sleep, which differ in nothing but their value and their time of day.</summary>
    /// <param name="category">The category; <see cref="NeedsTimes"/> is false for it.</param>
    /// <param name="first">The first record.</param>
    /// <param name="values">The values of all of them in micros.</param>
    /// <param name="offset">As for <see cref="Add"/>.</param>
    public void AddRun(Category category, in RecordView first, ReadOnlySpan<long> values, long offset)
    {
        // Values that may be implausible are looked at one by one, so that few are looked at again.
        const int Most = 256;
        for (int at = 0; at < values.Length;)
        {
            RecordView view = first;
            view.Numbers = values.Slice(at++, 1);
            EventWriter writer = WriterOf(category);

            // Only an accepted record begins a run; without this the run before would go on after a rejected one.
            writer.EndRun();
            Add(category, ref view, offset, 0);
            if (!writer.IsInRun || _checks[(int)category]!.Find(view) != 0)
            {
                continue;
            }

            ReadOnlySpan<long> more = values.Slice(at, Math.Min(Math.Min(Most, values.Length - at), writer.RunRoom.Length));
            while (!more.IsEmpty && _checks[(int)category]!.AreSamplesPlausible(more))
            {
                more.CopyTo(writer.RunRoom);
                writer.AddToRun(more.Length);
                Count(category, more.Length);
                at += more.Length;
                more = values.Slice(at, Math.Min(Math.Min(Most, values.Length - at), writer.RunRoom.Length));
            }
        }
    }

    private FieldFindings FieldsOf(Category category) => category == Category.Samples ? _output!.Fields : _output!.Of(category).Fields;

    private void Count(Category category, int records)
    {
        if (category == Category.Samples)
        {
            _output!.Records += records;
        }
        else
        {
            _output!.Of(category).Records += records;
        }
    }

    private RecordEncoder[] EncodersOf(Category category) => _encoders[(int)category] ??= _encodersOf(category);

    private static void Count(ChunkOutput output, CategoryOutput? other, bool isFiltered)
    {
        if (other is null)
        {
            output.Records++;
            output.Filtered += isFiltered ? 1 : 0;
        }
        else
        {
            other.Records++;
            other.Filtered += isFiltered ? 1 : 0;
        }
    }

    private void AddNumbers(Category category, ReadOnlySpan<byte> text, int day, in WallTime time, ReadOnlySpan<long?> numbers, long offset, long length, ReadOnlySpan<byte> id = default)
    {
        RecordView view = default;
        view.UserId = User;
        view.Day = day;
        view.Timestamp = Write(time, _start, ref _startDay);
        view.Text0 = text;
        view.Id = Mark(id);
        for (int i = 0; i < numbers.Length; i++)
        {
            _numbers[i] = numbers[i].GetValueOrDefault();
            view.NumbersPresent |= numbers[i] is null ? 0 : 1u << i;
        }

        view.Numbers = _numbers.AsSpan(0, numbers.Length);
        Add(category, ref view, offset, length);
    }

    /// <summary>Writes an id after the byte that distinguishes it from a time, and after it what distinguishes several records with the id.</summary>
    private ReadOnlySpan<byte> Mark(ReadOnlySpan<byte> id, ReadOnlySpan<byte> part = default)
    {
        if (id.IsEmpty)
        {
            return default;
        }

        int length = 1 + id.Length + part.Length;
        if (_id.Length < length)
        {
            _id = new byte[length * 2];
        }

        _id[0] = RecordView.IdMark;
        id.CopyTo(_id.AsSpan(1));
        part.CopyTo(_id.AsSpan(1 + id.Length));
        return _id.AsSpan(0, length);
    }

    /// <summary>Writes a time over the last one; the day stays when it is the same, as it mostly is.</summary>
    private static ReadOnlySpan<byte> Write(scoped in WallTime time, byte[] buffer, ref int writtenDay)
    {
        int length = time.Day == writtenDay ? time.WriteTime(buffer) : time.Write(buffer);
        writtenDay = time.Day;
        return buffer.AsSpan(0, length);
    }

    private EventWriter WriterOf(Category category) =>
        _writers[(int)category] ??= new EventWriter(category) { KeepsTimes = _plan!.Repeats.Applies(category) };
}
