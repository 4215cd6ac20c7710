namespace FastIngest.Generate;

/// <summary>The number of users, and the number of days per user.</summary>
internal readonly record struct DataSetSize(int Users, int Days)
{
    private const int DefaultUsers = 100;
    private const int DefaultDays = 30;
    private const int DaysPerYear = 365;

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
        if (users > SizeSample.FewUsers)
        {
            // One user more or less changes the size by at most half a percent.
            return new DataSetSize(users, DaysPerYear);
        }

        // Whole users are too coarse: add one user if needed, and reduce the days of all users.
        if (sample.Bytes(users, DaysPerYear) < totalBytes)
        {
            users++;
        }

        return new DataSetSize(users, Math.Min(DaysPerYear, sample.DaysFor(totalBytes, users)));
    }

    private static int UsersFor(long totalBytes, int days, SizeSample sample)
    {
        // The first user gives an estimate of the number of users, which determines the users to sample.
        int about = ToUsers(totalBytes / (double)sample.Bytes(1, days));
        return ToUsers(totalBytes / ((double)sample.Bytes(about, days) / about));
    }

    private static int ToUsers(double users) => (int)Math.Clamp(Math.Round(users), 1, int.MaxValue);
}
