using System.Text;

namespace HealthIngestion.Tests;

/// <summary>A directory of its own for each test, with a small data set where one is asked for.</summary>
public sealed class Workplace : IDisposable
{
    /// <summary>Records of the small data set: 2 users and 6 heart rates, of which these many are rejected.</summary>
    public const int Records = 8, Rejected = 2, Rows = 3;

    private Workplace() => Directory = System.IO.Directory.CreateTempSubdirectory("fastingest-cli-").FullName;

    public string Directory { get; }

    public static Workplace Empty() => new();

    /// <summary>A data set without a fault.</summary>
    public static Workplace WithData(string name = "data") => new Workplace().Add(name, isFaulty: false);

    /// <summary>The same with two records that are rejected.</summary>
    public static Workplace WithFaultyData(string name = "data") => new Workplace().Add(name, isFaulty: true);

    public string this[string name] => Path.Combine(Directory, name);

    public bool Has(string name) => File.Exists(this[name]);

    public string[] Files() => [.. System.IO.Directory.GetFiles(Directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private Workplace Add(string name, bool isFaulty)
    {
        System.IO.Directory.CreateDirectory(this[name]);
        File.WriteAllText(Path.Combine(this[name], "users.json"), """[{"user_id":"u1","name":"Ada"},{"user_id":"u2","name":"Bo"}]""");
        StringBuilder rates = new();
        rates.AppendLine("""{"user_id":"u1","date_time":"2024-01-01T08:00:00","value":61}""");
        rates.AppendLine("""{"user_id":"u1","date_time":"2024-01-01T09:00:00","value":63}""");
        rates.AppendLine(isFaulty
            ? """{"user_id":"u1","date_time":"2024-01-01T10:00:00"}"""
            : """{"user_id":"u1","date_time":"2024-01-01T10:00:00","value":64}""");
        rates.AppendLine("""{"user_id":"u1","date_time":"2024-01-02T08:00:00","value":62}""");
        rates.AppendLine(isFaulty
            ? """{"user_id":"u2","date_time":"yesterday","value":70}"""
            : """{"user_id":"u2","date_time":"2024-01-01T07:00:00","value":70}""");
        rates.AppendLine("""{"user_id":"u2","date_time":"2024-01-01T08:00:00","value":71}""");
        File.WriteAllText(Path.Combine(this[name], "heart_rate.ndjson"), rates.ToString());
        return this;
    }
}
