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

    /// <summary>The smallest and the largest heart rate of a day, without the readings.</summary>
    HeartRateRange = 16,
    RestingHeartRate = 32,
    Sleep = 64,
    Weight = 128,
    BloodPressure = 256,
    Workouts = 512,
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
    /// <param name="range">The users and days.</param>
    /// <param name="person">The first person of the range.</param>
    public abstract IEnumerable<ExportFile> Files(ExportRange range, Person person);

    /// <summary>Returns the files of a data set.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="users">The number of users.</param>
    /// <param name="days">The days of each user.</param>
    public IEnumerable<ExportFile> FilesOf(ulong seed, int users, int days)
    {
        Person person = new();
        int usersPerRange = NamesUsers ? users : 1;
        for (long user = 1; user <= users; user += usersPerRange)
        {
            person.Become(seed, user);
            string folder = NamesUsers || users == 1 ? "" : UserId(user) + "/";
            foreach (ExportFile file in Files(new ExportRange(user, usersPerRange, 0, days), person))
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

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
