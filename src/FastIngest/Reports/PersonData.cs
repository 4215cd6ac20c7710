using System.Text.Json;
using FastIngest.Stored;

namespace FastIngest.Reports;

/// <summary>The days of one person, as columns, and the means of the measures. It is filled day by day and reused for the next person.</summary>
internal sealed class PersonData
{
    private readonly NumberColumn _day = new("day", 0);
    private readonly NumberColumn[] _columns = [.. Measure.All.Select(m => new NumberColumn(m.Name, m.Decimals))];
    private readonly double[] _sums = new double[Measure.All.Count];
    private readonly int[] _counts = new int[Measure.All.Count];
    private readonly double[] _last = new double[Measure.All.Count];

    public string UserId { get; private set; } = "";

    public StoredProfile? Profile { get; private set; }

    public int Days => _day.Rows;

    /// <summary>The first and the last day, as <see cref="DateOnly.DayNumber"/>.</summary>
    public int FirstDay { get; private set; }

    public int LastDay { get; private set; }

    /// <summary>Begins a person without days.</summary>
    public void Begin(string userId, StoredProfile? profile)
    {
        (UserId, Profile, FirstDay, LastDay) = (userId, profile, 0, 0);
        _day.Clear();
        foreach (NumberColumn column in _columns)
        {
            column.Clear();
        }

        Array.Clear(_sums);
        Array.Clear(_counts);
        Array.Fill(_last, double.NaN);
    }

    /// <summary>Adds a day. Days come in order.</summary>
    /// <param name="day">As <see cref="DateOnly.DayNumber"/>.</param>
    /// <param name="values">A value for each of <see cref="Measure.All"/>.</param>
    public void Add(int day, ReadOnlySpan<double> values)
    {
        FirstDay = Days == 0 ? day : FirstDay;
        LastDay = day;
        _day.Add((long)day);
        for (int i = 0; i < _columns.Length; i++)
        {
            double value = values[i];
            _columns[i].Add(value);
            if (!double.IsNaN(value))
            {
                _sums[i] += value;
                _counts[i]++;
                _last[i] = value;
            }
        }
    }

    /// <summary>The mean of a measure over the days that have it; NaN if none has.</summary>
    public double Mean(int measure) => _counts[measure] == 0 ? double.NaN : _sums[measure] / _counts[measure];

    /// <summary>The last value of a measure; NaN if no day has one.</summary>
    public double Last(int measure) => _last[measure];

    /// <summary>Makes the block of this person.</summary>
    public byte[] ToBlock() => DataBlock.Make(
        json =>
        {
            json.WriteString("id", UserId);
            if (Profile is { } profile)
            {
                json.WriteStartObject("profile");
                Text(json, "name", profile.Name);
                Text(json, "gender", profile.Gender);
                Text(json, "fitness_level", profile.FitnessLevel);
                Number(json, "age", profile.Age);
                Number(json, "height", profile.HeightCm);
                Number(json, "weight", profile.WeightKg);
                json.WriteEndObject();
            }
        },
        [_day, .. _columns]);

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, ShownText.Of(value));
        }
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
    }
}
