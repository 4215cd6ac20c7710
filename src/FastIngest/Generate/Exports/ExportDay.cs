namespace FastIngest.Generate.Exports;

/// <summary>A reading of the heart rate at a time in seconds since 1970.</summary>
internal readonly record struct HeartReading(long Time, int Bpm);

/// <summary>The stage of an interval of sleep.</summary>
internal enum SleepStage
{
    Light,
    Deep,
    Rem,
    Awake,
}

/// <summary>An interval of sleep. Times are seconds since 1970, in whole minutes.</summary>
internal readonly record struct SleepInterval(SleepStage Stage, long Start, long End)
{
    public int Minutes => (int)(End - Start) / 60;
}

/// <summary>The sports of generated workouts.</summary>
internal enum Sport
{
    Running,
    Walking,
    Cycling,
    Strength,
}

/// <summary>A workout. The start is in seconds since 1970.</summary>
internal readonly record struct Workout(Sport Sport, long Start, int Minutes, int Kcal)
{
    public long End => Start + (Minutes * 60L);
}

/// <summary>
/// One day of one person: what a phone, a watch and a scale recorded. All kinds of exports write the same days, so that one seed gives
/// the same totals in all of them. One object is reused for all days; the parts are made when they are read first. Each part depends
/// on the seed, the person and the day alone.
/// </summary>
/// <remarks>
/// The first day has something of each part, so that no array of an export is empty. When the clocks change, people go to bed after
/// the change, because some programs write local times without an offset, from which nobody can learn how long such a night is.
/// </remarks>
internal sealed class ExportDay
{
    private const ulong StepStream = 3000, HeartStream = 3001, SleepStream = 3002, ScaleStream = 3003, WorkoutStream = 3004, RestStream = 3005;

    /// <summary>The active energy of a step in hundredths of a kcal.</summary>
    public const int HundredthKcalPerStep = 4;

    private const int ReadingSeconds = 300;
    private const int MaxHours = 25;

    private static readonly int[] StepsByHour = [0, 0, 0, 0, 0, 2, 30, 90, 110, 60, 50, 60, 110, 70, 50, 60, 70, 120, 110, 80, 50, 30, 15, 4, 0];
    private static readonly int[] RiseByHour = [0, 0, 0, 0, 0, 2, 8, 18, 22, 18, 16, 18, 24, 18, 16, 18, 20, 30, 28, 22, 16, 10, 6, 2, 0];

    private readonly int[] _watchSteps = new int[MaxHours];
    private readonly int[] _phoneSteps = new int[MaxHours];
    private readonly List<HeartReading> _heartRates = [];
    private readonly List<SleepInterval> _sleep = [];
    private readonly List<Workout> _workouts = [];
    private ulong _seed;
    private bool _hasSteps, _hasHeartRates, _hasSleep, _hasScale, _hasWorkouts;
    private int _weight, _systolic, _diastolic;
    private long _scaleTime;

    public Person Person { get; } = new();

    /// <summary>0 for the first day of the data set.</summary>
    public int Index { get; private set; }

    public DateOnly Date { get; private set; }

    /// <summary>Local midnight at the start of the day, in seconds since 1970.</summary>
    public long Midnight { get; private set; }

    /// <summary>23, 24 or 25.</summary>
    public int Hours { get; private set; }

    /// <summary>The centimetres of a step.</summary>
    public int StrideCm => Person.Height * 43 / 1000;

    /// <summary>Moves to another day.</summary>
    /// <param name="seed">The seed of the data set.</param>
    /// <param name="user">The number of the person, from 1.</param>
    /// <param name="index">0 for the first day.</param>
    public void MoveTo(ulong seed, long user, int index)
    {
        Person.Become(seed, user);
        _seed = seed;
        Index = index;
        Date = DayCell.FirstDay.AddDays(index);
        Midnight = BerlinClock.MidnightOf(Date);
        Hours = BerlinClock.HoursOf(Date);
        _hasSteps = _hasHeartRates = _hasSleep = _hasScale = _hasWorkouts = false;
    }

    /// <summary>The steps that the watch counted in each hour.</summary>
    public ReadOnlySpan<int> WatchSteps
    {
        get
        {
            MakeSteps();
            return _watchSteps.AsSpan(0, Hours);
        }
    }

    /// <summary>The steps that the phone counted in each hour: a part of those of the watch.</summary>
    public ReadOnlySpan<int> PhoneSteps
    {
        get
        {
            MakeSteps();
            return _phoneSteps.AsSpan(0, Hours);
        }
    }

    /// <summary>The readings of the watch, in the order of their times.</summary>
    public List<HeartReading> HeartRates
    {
        get
        {
            MakeHeartRates();
            return _heartRates;
        }
    }

    /// <summary>The smallest and the largest reading of the day.</summary>
    public (int Least, int Greatest) HeartRateRange
    {
        get
        {
            (int least, int greatest) = (int.MaxValue, 0);
            foreach (HeartReading reading in HeartRates)
            {
                (least, greatest) = (Math.Min(least, reading.Bpm), Math.Max(greatest, reading.Bpm));
            }

            return (least, greatest);
        }
    }

    /// <summary>The resting heart rate in beats per minute; 0 on a day without one.</summary>
    public int RestingHeartRate
    {
        get
        {
            RandomSource random = RandomOf(RestStream);
            return random.Chance(3) && Index > 0 ? 0 : Person.RestingHeartRate + random.Around(-4, 4);
        }
    }

    /// <summary>The sleep that ends on this day, without gaps, in the order of time.</summary>
    public List<SleepInterval> Sleep
    {
        get
        {
            MakeSleep();
            return _sleep;
        }
    }

    /// <summary>Returns the minutes in a stage of sleep.</summary>
    public int MinutesOf(SleepStage stage)
    {
        int minutes = 0;
        foreach (SleepInterval interval in Sleep)
        {
            minutes += interval.Stage == stage ? interval.Minutes : 0;
        }

        return minutes;
    }

    /// <summary>The workouts that start on this day, in the order of time.</summary>
    public List<Workout> Workouts
    {
        get
        {
            MakeWorkouts();
            return _workouts;
        }
    }

    /// <summary>The weight in tenths of a pound, the unit that every kind of export can give exactly; 0 on a day without one.</summary>
    public int WeightTenthPounds
    {
        get
        {
            MakeScale();
            return _weight;
        }
    }

    /// <summary>The weight in kg with nine decimals.</summary>
    public long WeightNanoKg => WeightTenthPounds * 45_359_237L;

    /// <summary>When the weight and the blood pressure were measured, in seconds since 1970.</summary>
    public long ScaleTime
    {
        get
        {
            MakeScale();
            return _scaleTime;
        }
    }

    /// <summary>The blood pressure in mmHg, on days with a weight.</summary>
    public (int Systolic, int Diastolic) BloodPressure
    {
        get
        {
            MakeScale();
            return (_systolic, _diastolic);
        }
    }

    /// <summary>Returns a number that belongs to this day, for example for an id or an address in memory.</summary>
    public ulong NumberFor(ulong stream) => RandomOf(stream).Next();

    private RandomSource RandomOf(ulong stream) => new(_seed, stream, Person.Number, Index);

    private void MakeSteps()
    {
        if (_hasSteps)
        {
            return;
        }

        _hasSteps = true;
        RandomSource random = RandomOf(StepStream);
        int pace = random.Around(3, 14);
        for (int hour = 0; hour < Hours; hour++)
        {
            int most = StepsByHour[hour] * pace;
            int watch = most == 0 ? 0 : random.Between(most / 2, most * 3 / 2);
            _watchSteps[hour] = watch;
            _phoneSteps[hour] = random.Chance(12) ? 0 : watch * random.Between(50, 95) / 100;
        }
    }

    private void MakeHeartRates()
    {
        if (_hasHeartRates)
        {
            return;
        }

        _hasHeartRates = true;
        _heartRates.Clear();
        RandomSource random = RandomOf(HeartStream);
        for (int slot = 0; slot < Hours * BerlinClock.HourSeconds / ReadingSeconds; slot++)
        {
            int rise = RiseByHour[slot * ReadingSeconds / BerlinClock.HourSeconds];
            int bpm = Person.RestingHeartRate + random.Around(rise / 2, rise * 2) + random.Between(-5, 5) + (random.Chance(2) ? rise : 0);
            _heartRates.Add(new HeartReading(Midnight + (slot * (long)ReadingSeconds) + random.Below(ReadingSeconds), bpm));
        }
    }

    private void MakeSleep()
    {
        if (_hasSleep)
        {
            return;
        }

        _hasSleep = true;
        _sleep.Clear();
        RandomSource random = RandomOf(SleepStream);
        int bedtime = Math.Max(-3 * 60, Person.Bedtime - (12 * 60) + random.Around(-30, 45));
        int left = random.Around(5 * 60, 9 * 60);
        const int afterChange = 4 * 60;
        long start = Midnight + (60L * (Hours == 24 ? bedtime : afterChange + random.Below(30)));
        for (int i = 0; left > 0; i++)
        {
            SleepStage stage = (SleepStage)(i % 4);
            (int low, int high) = stage switch
            {
                SleepStage.Light => (15, 60),
                SleepStage.Deep => (8, 40),
                SleepStage.Rem => (8, 35),
                _ => (1, 9),
            };
            int minutes = Math.Min(left, random.Between(low, high));
            left -= minutes;
            _sleep.Add(new SleepInterval(stage, start, start + (60L * minutes)));
            start += 60L * minutes;
        }
    }

    private void MakeScale()
    {
        if (_hasScale)
        {
            return;
        }

        _hasScale = true;
        RandomSource random = RandomOf(ScaleStream);
        bool isWeighed = random.Chance(35) || Index == 0;
        int pounds = (Person.Weight * 22_046 / 10_000) + random.Around(-20, 20);

        // A multiple of 50 pounds has a half in the seventh decimal of its kilograms, which programs round in different ways.
        _weight = !isWeighed ? 0 : pounds % 500 == 0 ? pounds + 1 : pounds;
        _scaleTime = Midnight + (BerlinClock.HourSeconds * 7L) + random.Below(BerlinClock.HourSeconds);
        _systolic = random.Around(102, 142);
        _diastolic = random.Around(62, 92);
    }

    private void MakeWorkouts()
    {
        if (_hasWorkouts)
        {
            return;
        }

        _hasWorkouts = true;
        _workouts.Clear();
        RandomSource random = RandomOf(WorkoutStream);
        Add(ref random, hour: 8, random.Chance(25) || Index == 0);
        Add(ref random, hour: 17, random.Chance(30));
    }

    private void Add(ref RandomSource random, int hour, bool isDone)
    {
        if (isDone)
        {
            int minutes = random.Between(18, 95);
            long start = Midnight + (hour * (long)BerlinClock.HourSeconds) + random.Below(2 * BerlinClock.HourSeconds);
            _workouts.Add(new Workout((Sport)random.Below(4), start, minutes, minutes * random.Between(5, 12)));
        }
    }
}
