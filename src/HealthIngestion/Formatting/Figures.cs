using System.Globalization;

namespace HealthIngestion.Formatting;

/// <summary>Numbers as people read them. Bytes count in powers of 1000, as disks and GB/s do.</summary>
internal static class Figures
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>1 file</c> or <c>2 files</c>.</summary>
    public static string Count(long value, string noun) => Count(value, noun, noun + "s");

    /// <summary>Such as <c>1 summary</c> or <c>2 summaries</c>.</summary>
    public static string Count(long value, string one, string many) => $"{Count(value)} {(value == 1 ? one : many)}";

    public static string Bytes(double bytes)
    {
        int unit = 0;
        while (bytes >= 999.5 && unit < Units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        string format = unit == 0 || bytes >= 99.95 ? "0" : bytes >= 9.995 ? "0.0" : "0.00";
        return bytes.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>A limit in the unit of 1024 that it is a whole number of.</summary>
    public static string ExactBytes(long bytes) => bytes switch
    {
        > 0 when bytes % (1L << 30) == 0 => $"{bytes >> 30}GiB",
        > 0 when bytes % (1L << 20) == 0 => $"{bytes >> 20}MiB",
        > 0 when bytes % (1L << 10) == 0 => $"{bytes >> 10}KiB",
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    public static string Rate(double perSecond) => perSecond switch
    {
        >= 999_500_000 => Scaled(perSecond / 1e9, "G"),
        >= 999_500 => Scaled(perSecond / 1e6, "M"),
        >= 9_999.5 => Scaled(perSecond / 1e3, "k"),
        _ => perSecond.ToString("0", CultureInfo.InvariantCulture),
    };

    /// <summary>A large count in three digits, such as <c>1 record</c> or <c>1.50 M records</c>.</summary>
    public static string Rate(long count, string noun) => $"{Rate(count)} {noun}{(count == 1 ? "" : "s")}";

    public static string Seconds(TimeSpan time)
    {
        if (time.TotalSeconds < 59.95)
        {
            return time.TotalSeconds.ToString(time.TotalSeconds < 9.995 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " s";
        }

        return time.TotalHours < 1
            ? $"{(int)time.TotalMinutes} min {time.Seconds:00} s"
            : $"{(int)time.TotalHours} h {time.Minutes:00} min";
    }

    /// <summary>Units in a second; 0 when the time is too short to say.</summary>
    public static double PerSecond(double units, TimeSpan time) => time.TotalSeconds > 1e-6 ? units / time.TotalSeconds : 0;

    private static string Scaled(double value, string unit) =>
        value.ToString(value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + unit;
}
