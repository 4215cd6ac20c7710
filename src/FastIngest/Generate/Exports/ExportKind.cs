using System.Globalization;
using System.Text;

namespace FastIngest.Generate.Exports;

/// <summary>What a correct reader finds in a kind of export.</summary>
[Flags]
internal enum ExportMetrics
{
    Steps = 1,
    Distance = 2,
    ActiveEnergy = 4,

    /// <summary>The number of readings, the smallest and the largest.</summary>
    HeartRate = 8,
    RestingHeartRate = 16,

    /// <summary>The minutes of light, deep and REM sleep.</summary>
    Sleep = 32,

    /// <summary>The minutes awake within a night.</summary>
    SleepAwake = 64,
    Weight = 128,
    BloodPressure = 256,

    /// <summary>The number of workouts and their minutes.</summary>
    Workouts = 512,

    /// <summary>The energy of workouts, where the unit is beyond doubt.</summary>
    WorkoutEnergy = 1024,
}

/// <summary>The exports of one program. To add a program, add a subclass and a line in <see cref="ExportCatalog"/>.</summary>
internal abstract class ExportKind
{
    /// <summary>What a correct reader finds.</summary>
    public abstract ExportMetrics Metrics { get; }

    /// <summary>Whether records name their user. Else each of several users has a folder of their own.</summary>
    public virtual bool NamesUsers => false;

    /// <summary>All parts, for the prediction of the size.</summary>
    public abstract IReadOnlyList<ExportPart> Parts { get; }

    /// <summary>The bytes before each record.</summary>
    public virtual byte[] Separator => [];

    /// <summary>Returns the files of a range: of all users if records name them, else of one user.</summary>
    /// <param name="seed">The seed of the data set.</param>
    /// <param name="range">The users and days.</param>
    public abstract IEnumerable<ExportFile> Files(ulong seed, ExportRange range);

    /// <summary>Returns the files of a data set.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="users">The number of users.</param>
    /// <param name="days">The days of each user.</param>
    public IEnumerable<ExportFile> FilesOf(ulong seed, int users, int days)
    {
        int usersPerRange = NamesUsers ? users : 1;
        for (long user = 1; user <= users; user += usersPerRange)
        {
            string folder = NamesUsers || users == 1 ? "" : UserId(user) + "/";
            foreach (ExportFile file in Files(seed, new ExportRange(user, usersPerRange, 0, days)))
            {
                yield return file with { Name = folder + file.Name };
            }
        }
    }

    /// <summary>The name of a user in records and of a user's folder, such as <c>u0001</c>.</summary>
    public static string UserId(long user) => string.Create(CultureInfo.InvariantCulture, $"u{user:D4}");

    /// <summary>Writes the name of a user in records.</summary>
    public static void PutUserId(ExportDay day, ExportText text)
    {
        text.Put("u"u8);
        for (long limit = 1000; limit > day.Person.Number; limit /= 10)
        {
            text.Put("0"u8);
        }

        text.Put(day.Person.Number);
    }

    /// <summary>Returns the name of a day by its index, such as <c>2023-01-01</c>.</summary>
    protected static string DayName(int index) => DayCell.FirstDay.AddDays(index).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
