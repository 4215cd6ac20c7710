using System.Globalization;

namespace FastIngest.Storage.Postgres.Schema;

/// <summary>
/// The months by which samples are partitioned, as numbers: each from 1970-01 to 2069-12 is one, and what lies before or
/// behind falls into one partition each. That bounds the partitions that odd dates can ask for.
/// </summary>
internal static class Month
{
    /// <summary>Partitions that the schema itself has.</summary>
    public const int Before = 0, After = Count - 1;

    public const int Count = (Years * 12) + 2;

    private const int FirstYear = 1970, Years = 100;

    /// <param name="day">Days since 0001-01-01.</param>
    public static int Of(int day)
    {
        DateOnly date = DateOnly.FromDayNumber(day);
        return Math.Clamp(((date.Year - FirstYear) * 12) + date.Month, Before, After);
    }

    /// <summary>Such as <c>heart_rate_2024_01</c>.</summary>
    public static string Partition(int month) => month switch
    {
        Before => "heart_rate_before",
        After => "heart_rate_after",
        _ => string.Create(CultureInfo.InvariantCulture, $"heart_rate_{FirstOf(month):yyyy_MM}"),
    };

    /// <summary>The bounds of a partition, the second exclusive, as SQL.</summary>
    public static (string From, string To) Bounds(int month) =>
        (month == Before ? "MINVALUE" : Literal(month), month == After ? "MAXVALUE" : Literal(month + 1));

    private static string Literal(int month) => string.Create(CultureInfo.InvariantCulture, $"'{FirstOf(month):yyyy-MM-dd}'");

    private static DateOnly FirstOf(int month) => new(FirstYear + ((month - 1) / 12), ((month - 1) % 12) + 1, 1);
}
