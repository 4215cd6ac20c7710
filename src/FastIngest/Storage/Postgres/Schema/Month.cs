using System.Globalization;

namespace FastIngest.Storage.Postgres.Schema;

/// <summary>
/// Numbers the monthly partitions of samples. Each month from 1970-01 to 2069-12 has its own partition. All earlier days share
/// one partition, and all later days share another one. This limits the number of partitions that invalid dates can create.
/// </summary>
internal static class Month
{
    /// <summary>The partitions for earlier and later days, which the schema creates.</summary>
    public const int Before = 0, After = Count - 1;

    public const int Count = (Years * 12) + 2;

    private const int FirstYear = 1970, Years = 100;

    /// <summary>Returns the number of the partition of a day.</summary>
    /// <param name="day">Days since 0001-01-01.</param>
    public static int Of(int day)
    {
        DateOnly date = DateOnly.FromDayNumber(day);
        return Math.Clamp(((date.Year - FirstYear) * 12) + date.Month, Before, After);
    }

    /// <summary>Returns the name of a table's partition, such as <c>heart_rate_2024_01</c>.</summary>
    public static string Partition(string table, int month) => month switch
    {
        Before => $"{table}_before",
        After => $"{table}_after",
        _ => string.Create(CultureInfo.InvariantCulture, $"{table}_{FirstOf(month):yyyy_MM}"),
    };

    /// <summary>Returns the half-open range [From, To) of a partition as SQL.</summary>
    public static (string From, string To) Bounds(int month) =>
        (month == Before ? "MINVALUE" : Literal(month), month == After ? "MAXVALUE" : Literal(month + 1));

    private static string Literal(int month) => string.Create(CultureInfo.InvariantCulture, $"'{FirstOf(month):yyyy-MM-dd}'");

    private static DateOnly FirstOf(int month) => new(FirstYear + ((month - 1) / 12), ((month - 1) % 12) + 1, 1);
}
