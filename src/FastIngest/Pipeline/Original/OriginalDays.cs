using System.Globalization;
using System.Text;
using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>The users with their profiles and days, and the rows made of them.</summary>
internal sealed class OriginalDays
{
    private const int BatchRows = 4096, BatchTextBytes = 16 << 20;

    private readonly Dictionary<string, User> _users = [];

    /// <summary>The order of keys: by their UTF-8 bytes.</summary>
    public static Comparer<string> Utf8Order { get; } =
        Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));

    public void Add(Category category, OriginalRecord r)
    {
        string userId = r.Text("user_id")!;
        User user = _users.TryGetValue(userId, out User? known) ? known : _users[userId] = new();
        if (category == Category.Users)
        {
            user.Profile = new(r.Text("name"), r.Text("gender"), r.Text("fitness_level"), r.Number("age"), r.Number("height"), r.Number("weight"));
            return;
        }

        int date = r.Day!.Value;
        OriginalDay day = user.Days.TryGetValue(date, out OriginalDay? begun) ? begun : user.Days[date] = new();
        day.Add(category, r);
    }

    public IEnumerable<SummaryBatch> Batches()
    {
        SummaryBatch batch = new();
        foreach ((string userId, User user) in _users.OrderBy(u => u.Key, Utf8Order))
        {
            if (user.Profile is Profile p)
            {
                batch.AddUser(new()
                {
                    UserId = AddText(batch, userId),
                    Name = AddText(batch, p.Name),
                    Gender = AddText(batch, p.Gender),
                    FitnessLevel = AddText(batch, p.FitnessLevel),
                    Age = p.Age ?? UserProfile.Missing,
                    Height = p.Height ?? UserProfile.Missing,
                    Weight = p.Weight ?? UserProfile.Missing,
                });
            }

            string opening = Opening(userId, user.Profile);
            foreach ((int date, OriginalDay day) in user.Days)
            {
                AddRow(batch, userId, date, $"{opening} on {DateOnly.FromDayNumber(date).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.", day);
                if (batch.RowCount >= BatchRows || batch.TextLength >= BatchTextBytes)
                {
                    yield return batch;
                    batch = new();
                }
            }

            if (batch.UserCount >= BatchRows)
            {
                yield return batch;
                batch = new();
            }
        }

        if (batch.RowCount + batch.UserCount > 0)
        {
            yield return batch;
        }
    }

    private static string Opening(string userId, Profile? p)
    {
        string pieces = OriginalDay.Join(
            OriginalDay.Piece("age #", p?.Age), p?.Gender, OriginalDay.Piece("# cm", p?.Height),
            OriginalDay.Piece("# kg", p?.Weight), OriginalDay.Piece("# fitness", p?.FitnessLevel));
        return (p?.Name ?? $"User {userId}") + (pieces.Length == 0 ? "" : $" ({pieces})");
    }

    private static void AddRow(SummaryBatch batch, string userId, int date, string opening, OriginalDay day)
    {
        ref DailySummary row = ref batch.AddRow();
        (row.Day, row.Present) = (date, day.Present);
        for (int slot = 0; slot < NumberSlot.Length; slot++)
        {
            row.Numbers[slot] = day.Column(slot);
        }

        row.Texts[TextSlot.UserId] = AddText(batch, userId);
        row.Texts[TextSlot.SleepQuality] = AddText(batch, day.SleepQuality);
        row.Texts[TextSlot.Measurements] = AddText(batch, day.MeasurementsJson);
        int start = batch.TextLength;
        foreach (Category category in Enum.GetValues<Category>())
        {
            row.Parts[(int)category] = AddText(batch, category == Category.Users ? opening : day.Sentences(category)).Length;
        }

        row.Texts[TextSlot.Summary] = batch.TextSince(start);
    }

    private static TextRef AddText(SummaryBatch batch, string? text) =>
        text is null ? TextRef.Null : batch.AddText(Encoding.UTF8.GetBytes(text));

    private sealed record Profile(string? Name, string? Gender, string? FitnessLevel, long? Age, long? Height, long? Weight);

    private sealed class User
    {
        public readonly SortedDictionary<int, OriginalDay> Days = [];
        public Profile? Profile;
    }
}
