namespace FastIngest.Generate;

/// <summary>How many users, and how many days for each.</summary>
internal readonly record struct DataSetSize(int Users, int Days)
{
    private const int DefaultUsers = 100;
    private const int DefaultDays = 30;
    private const int DaysPerYear = 365;

    /// <summary>From so many users on, a user more or less is under half a percent.</summary>
    private const int EnoughUsers = 100;

    public static DataSetSize Of(GeneratorOptions options, CancellationToken cancellationToken)
    {
        if (options.TotalBytes is not { } totalBytes || options is { Users: not null, Days: not null })
        {
            return new DataSetSize(options.Users ?? DefaultUsers, options.Days ?? DefaultDays);
        }

        SizeSample sample = new(options, cancellationToken);
        return options switch
        {
            { Users: { } users } => new DataSetSize(users, sample.DaysFor(totalBytes, users)),
            { Days: { } days } => new DataSetSize(UsersFor(totalBytes, days, sample), days),
            _ => Of(totalBytes, sample),
        };
    }

    private static DataSetSize Of(long totalBytes, SizeSample sample)
    {
        int users = UsersFor(totalBytes, DaysPerYear, sample);
        if (users >= EnoughUsers)
        {
            return new DataSetSize(users, DaysPerYear);
        }

        // Whole users are too coarse: one more than fits, if need be, and fewer days for each.
        if (sample.Bytes(users, DaysPerYear) < totalBytes)
        {
            users++;
        }

        return new DataSetSize(users, Math.Min(DaysPerYear, sample.DaysFor(totalBytes, users)));
    }

    private static int UsersFor(long totalBytes, int days, SizeSample sample)
    {
        // Twice, because people further on may take a little more: their numbers have more digits.
        long users = Math.Max(1, totalBytes / sample.Bytes(1, days));
        for (int i = 0; i < 2; i++)
        {
            int sampled = (int)Math.Min(users, int.MaxValue);
            double bytesPerUser = (double)sample.Bytes(sampled, days) / sampled;
            users = Math.Max(1, (long)Math.Round(totalBytes / bytesPerUser));
        }

        return (int)Math.Min(users, int.MaxValue);
    }
}
