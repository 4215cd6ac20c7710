using FastIngest.Samples;

namespace FastIngest.Tests.Samples;

/// <summary>Times are in minutes; a night has a timeline of minutes, from which a plain oracle counts.</summary>
public class SleepNightTests
{
    private const long Minute = 60 * WallTime.MicrosPerSecond;

    [Fact]
    public void Overlapping_sources_count_each_minute_once()
    {
        // The watch knows stages from 23:00 to 6:00; the phone says asleep from 22:30 to 7:00, in bed from 22:00.
        SleepNight night = Night(
            (0, SleepStage.Light, 60, 180), (0, SleepStage.Deep, 180, 240), (0, SleepStage.Awake, 240, 260), (0, SleepStage.Rem, 260, 300), (0, SleepStage.Light, 300, 480),
            (1, SleepStage.Asleep, 30, 540), (1, SleepStage.InBed, 0, 545));
        Assert.Equal((300, 60, 40, 20), (Minutes(night, SleepStage.Light), Minutes(night, SleepStage.Deep), Minutes(night, SleepStage.Rem), Minutes(night, SleepStage.Awake)));
        Assert.Equal(90, Minutes(night, SleepStage.Asleep));
        Assert.Equal(490, night.Asleep / Minute);
        Assert.Equal(545, Minutes(night, SleepStage.InBed));
        Assert.Equal(1, night.Sleeps);
    }

    [Fact]
    public void Equal_intervals_of_one_source_count_once() =>
        Assert.Equal(60, Night((0, SleepStage.Deep, 0, 60), (0, SleepStage.Deep, 0, 60), (0, SleepStage.Rem, 10, 50)).Asleep / Minute);

    [Fact]
    public void A_nap_more_than_an_hour_later_is_a_sleep_of_its_own()
    {
        Assert.Equal(2, Night((0, SleepStage.Asleep, 0, 400), (0, SleepStage.Asleep, 461, 500)).Sleeps);
        Assert.Equal(1, Night((0, SleepStage.Asleep, 0, 400), (0, SleepStage.Asleep, 460, 500)).Sleeps);
    }

    [Fact]
    public void A_preferred_source_decides_although_another_one_has_stages()
    {
        SleepNight night = new();
        night.Add(0, SleepStage.Deep, 0, 100 * Minute);
        night.Add(1, SleepStage.Awake, 0, 100 * Minute);
        night.Add(1, SleepStage.Asleep, 100 * Minute, 200 * Minute);
        night.AddUp(2, source => source == 1 ? 0 : 1, (a, b) => a.CompareTo(b));
        Assert.Equal((0, 100, 100), (Minutes(night, SleepStage.Deep), Minutes(night, SleepStage.Awake), Minutes(night, SleepStage.Asleep)));
    }

    [Fact]
    public void Random_nights_are_those_of_a_timeline()
    {
        Random random = new(7);
        for (int round = 0; round < 3000; round++)
        {
            (int Source, SleepStage Stage, int Start, int End)[] intervals = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ =>
            {
                int start = random.Next(0, 200);
                return (random.Next(0, 4), (SleepStage)random.Next(0, 6), start, start + random.Next(0, 60));
            })];
            SleepNight night = Night(intervals);
            long[] expected = Timeline(intervals);
            Assert.Equal<long[]>(expected, [.. Enum.GetValues<SleepStage>().Select(s => Minutes(night, s))]);
        }
    }

    [Fact]
    public void A_hostile_night_takes_no_quadratic_time()
    {
        SleepNight night = new();
        for (int i = 0; i < 200_000; i++)
        {
            night.Add(i, (SleepStage)(i % 6), i * Minute, (i + 3) * Minute);
        }

        night.AddUp(200_000, _ => 0, (a, b) => a.CompareTo(b));
        Assert.InRange(night.Asleep / Minute, 1, 200_003);
    }

    private static SleepNight Night(params (int Source, SleepStage Stage, int Start, int End)[] intervals)
    {
        SleepNight night = new();
        foreach ((int source, SleepStage stage, int start, int end) in intervals)
        {
            night.Add(source, stage, start * Minute, end * Minute);
        }

        night.AddUp(4, _ => 0, (a, b) => a.CompareTo(b));
        return night;
    }

    /// <summary>Minutes of each stage, decided minute by minute.</summary>
    private static long[] Timeline((int Source, SleepStage Stage, int Start, int End)[] intervals)
    {
        int[] rank = [.. Enumerable.Range(0, 4)
            .OrderByDescending(s => intervals.Where(i => i.Source == s && i.Stage is SleepStage.Light or SleepStage.Deep or SleepStage.Rem && i.Source == s).Sum(i => i.End - i.Start))
            .ThenByDescending(s => intervals.Where(i => i.Source == s && i.Stage is not (SleepStage.InBed or SleepStage.Awake)).Sum(i => i.End - i.Start))
            .ThenBy(s => s)];
        long[] minutes = new long[6];
        for (int minute = 0; minute < 300; minute++)
        {
            (int Source, SleepStage Stage, int Start, int End)[] now = [.. intervals.Where(i => i.Start <= minute && minute < i.End)];
            minutes[(int)SleepStage.InBed] += now.Any(i => i.Stage == SleepStage.InBed) ? 1 : 0;
            foreach (int source in rank)
            {
                // Of a source's stages the interval that began first decides, then the shorter one.
                (int Source, SleepStage Stage, int Start, int End)[] its = [.. now.Where(i => i.Source == source && i.Stage != SleepStage.InBed)];
                if (its.Length == 0)
                {
                    continue;
                }

                bool isStaged = its.Any(i => i.Stage != SleepStage.Asleep);
                SleepStage stage = isStaged ? First(intervals, source, minute) : SleepStage.Asleep;
                minutes[(int)stage]++;
                break;
            }
        }

        return minutes;
    }

    /// <summary>The stage at a minute when intervals are laid down in order of start, end and stage, and never over an earlier one.</summary>
    private static SleepStage First((int Source, SleepStage Stage, int Start, int End)[] intervals, int source, int minute)
    {
        int laid = int.MinValue;
        foreach ((_, SleepStage stage, int start, int end) in intervals
            .Where(i => i.Source == source && i.Stage is not (SleepStage.InBed or SleepStage.Asleep) && i.End > i.Start)
            .OrderBy(i => i.Start).ThenBy(i => i.End).ThenBy(i => i.Stage))
        {
            if (Math.Max(start, laid) <= minute && minute < end)
            {
                return stage;
            }

            laid = Math.Max(laid, end);
        }

        throw new InvalidOperationException();
    }

    private static long Minutes(SleepNight night, SleepStage stage) => night[stage] / Minute;
}
