namespace FastIngest.Generate.Exports;

/// <summary>Determines how many users and days have a size, from the mean size of a day.</summary>
internal static class ExportSize
{
    private const int DaysPerYear = 365;
    private const int SampledUsers = 16;
    private const int SampledDays = 32;

    /// <summary>Returns the number of users and the days of each.</summary>
    public static (int Users, int Days) Of(ExportKind kind, ExportOptions options)
    {
        if (options.TotalBytes is not { } totalBytes || options is { Users: not null, Days: not null })
        {
            return (options.Users ?? 1, options.Days ?? DaysPerYear);
        }

        int users = options.Users ?? ToCount(totalBytes / (MeanBytes(kind, options.Seed, SampledUsers) * (options.Days ?? DaysPerYear)), int.MaxValue);
        if (options.Days is { } days)
        {
            return (users, days);
        }

        days = ToCount(totalBytes / (MeanBytes(kind, options.Seed, Math.Min(users, SampledUsers)) * users), DayCell.MaxDays);
        return (users, options.Users is null ? Math.Min(days, DaysPerYear + 90) : days);
    }

    /// <summary>Returns the mean size of a day in bytes, from days spread over a year.</summary>
    private static double MeanBytes(ExportKind kind, ulong seed, int users)
    {
        ExportDay day = new();
        ExportText text = new() { Separator = kind.Separator };
        long bytes = 0;
        int days = SampledDays * SampledUsers / users;
        for (int i = 0; i < users * days; i++)
        {
            day.MoveTo(seed, 1 + (i % users), 1 + (i / users * DaysPerYear / days));
            text.Clear();
            foreach (ExportPart part in kind.Parts)
            {
                part.Write(day, text);
            }

            bytes += text.Length;
        }

        return (double)bytes / (users * days);
    }

    private static int ToCount(double count, int max) => (int)Math.Clamp(Math.Round(count), 1, max);
}
