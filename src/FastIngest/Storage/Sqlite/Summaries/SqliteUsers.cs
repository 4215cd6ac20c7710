using FastIngest.Health;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Reads and writes the table <c>users</c>. Numbers are doubles in the table and micros (fixed point, 1e-6) in a profile.</summary>
internal sealed class SqliteUsers(SqliteDatabase database)
{
    private readonly SqliteStatement _store = database.Prepare(
        "INSERT OR REPLACE INTO users (user_id, name, age, gender, height, weight, fitness_level) VALUES (?, ?, ?, ?, ?, ?, ?)");

    private readonly SqliteStatement _load = database.Prepare(
        "SELECT name, age, gender, height, weight, fitness_level FROM users WHERE user_id = ?");

    /// <summary>Stores a profile; it replaces an older one of the same user.</summary>
    public void Store(SummaryBatch texts, in UserProfile user)
    {
        _store.Bind(1, texts.Text(user.UserId));
        BindText(2, texts, user.Name);
        BindNumber(3, user.Age);
        BindText(4, texts, user.Gender);
        BindNumber(5, user.Height);
        BindNumber(6, user.Weight);
        BindText(7, texts, user.FitnessLevel);
        _store.Run();
    }

    /// <summary>Reads the profile of a user and adds its texts to <paramref name="texts"/>; false if the user has no profile.</summary>
    public bool TryLoad(ReadOnlySpan<byte> userId, SummaryBatch texts, out UserProfile user)
    {
        user = default;
        if (!_load.Bind(1, userId).Step())
        {
            return false;
        }

        user.UserId = texts.AddText(userId);
        user.Name = LoadText(0, texts);
        user.Age = LoadNumber(1);
        user.Gender = LoadText(2, texts);
        user.Height = LoadNumber(3);
        user.Weight = LoadNumber(4);
        user.FitnessLevel = LoadText(5, texts);
        _load.Reset();
        return true;
    }

    /// <summary>Whether two profiles have the same stored form. Each profile comes with the batch that holds its texts.</summary>
    public static bool AreEqual(SummaryBatch aTexts, in UserProfile a, SummaryBatch bTexts, in UserProfile b) =>
        aTexts.Text(a.Name).SequenceEqual(bTexts.Text(b.Name))
        && aTexts.Text(a.Gender).SequenceEqual(bTexts.Text(b.Gender))
        && aTexts.Text(a.FitnessLevel).SequenceEqual(bTexts.Text(b.FitnessLevel))
        && Real(a.Age).Equals(Real(b.Age))
        && Real(a.Height).Equals(Real(b.Height))
        && Real(a.Weight).Equals(Real(b.Weight));

    private void BindText(int parameterNumber, SummaryBatch texts, TextRef text) =>
        _ = text.IsNull ? _store.BindNull(parameterNumber) : _store.Bind(parameterNumber, texts.Text(text));

    private void BindNumber(int parameterNumber, long micros) =>
        _ = micros == UserProfile.Missing ? _store.BindNull(parameterNumber) : _store.Bind(parameterNumber, Real(micros));

    private TextRef LoadText(int columnIndex, SummaryBatch texts) =>
        _load.IsNull(columnIndex) ? TextRef.Null : texts.AddText(_load.Text(columnIndex));

    private long LoadNumber(int columnIndex) =>
        _load.IsNull(columnIndex) ? UserProfile.Missing : Micros(_load.Double(columnIndex));

    /// <summary>Converts micros to the nearest double, for all values below 9·10^9; NaN for a missing value.</summary>
    public static double Real(long micros) => micros == UserProfile.Missing ? double.NaN : micros / 1e6;

    /// <summary>The inverse of <see cref="Real"/>, for all values below 2·10^9.</summary>
    private static long Micros(double real)
    {
        double scaled = Math.Round(real * 1e6);
        return Math.Abs(scaled) < 9.2e18 ? (long)scaled : UserProfile.Missing;
    }
}
