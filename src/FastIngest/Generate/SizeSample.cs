namespace FastIngest.Generate;

/// <summary>
/// Predicts the size of a data set: generates the records of some users and counts their bytes. With few users it uses all
/// of them and the result is exact; otherwise it uses users spread evenly over the whole range.
/// </summary>
internal sealed class SizeSample(GeneratorOptions options, CancellationToken cancellationToken)
{
    /// <summary>The result is exact up to this many users.</summary>
    public const int FewUsers = 100;

    private const int SampledUsers = 32;
    private const int SampledDays = 365;

    // For each generated user: the bytes of day 0, of days 0 and 1, and so on.
    private readonly Dictionary<long, long[]> _bytesByDays = [];

    /// <summary>The size of all files together in bytes, without the heads and tails of the files.</summary>
    public long Bytes(int users, int days)
    {
        long[] bytes = BytesByDays(users, days);
        double beyondSample = (double)bytes[^1] / bytes.Length * (days - bytes.Length);
        return bytes[^1] + (long)beyondSample;
    }

    /// <summary>The number of days for which the size with this many users is closest to <paramref name="totalBytes"/>.</summary>
    public int DaysFor(long totalBytes, int users)
    {
        long[] bytes = BytesByDays(users, SampledDays);
        if (bytes[^1] < totalBytes)
        {
            return (int)Math.Min(DayCell.MaxDays, (long)Math.Round((double)totalBytes / bytes[^1] * bytes.Length));
        }

        int index = Math.Max(0, Array.FindIndex(bytes, sum => sum >= totalBytes));
        return index > 0 && totalBytes - bytes[index - 1] < bytes[index] - totalBytes ? index : index + 1;
    }

    /// <summary>The sizes of all users' records for 1, 2, … days, up to the sampled days.</summary>
    private long[] BytesByDays(int users, int days)
    {
        int sampled = users <= FewUsers ? users : SampledUsers;
        long[] numbers = new long[sampled];
        for (int i = 0; i < sampled; i++)
        {
            numbers[i] = 1 + ((long)i * users / sampled);
        }

        long[][] made = new long[sampled][];
        Parallel.For(
            0,
            sampled,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Workers), CancellationToken = cancellationToken },
            i => made[i] = _bytesByDays.TryGetValue(numbers[i], out long[]? known) ? known : Make(numbers[i]));
        long[] sums = new long[Math.Min(days, SampledDays)];
        for (int i = 0; i < sampled; i++)
        {
            _bytesByDays[numbers[i]] = made[i];
            for (int day = 0; day < sums.Length; day++)
            {
                sums[day] += made[i][day];
            }
        }

        for (int day = 0; day < sums.Length; day++)
        {
            sums[day] = (long)((Int128)sums[day] * users / sampled);
        }

        return sums;
    }

    private long[] Make(long user)
    {
        RecordWriter writer = new(options.Style, options.QuirkRate > 0 ? new QuirkMaker(options.Style, options.QuirkRate) : null);
        DayCell cell = new();
        long[] bytes = new long[Math.Min(options.Days ?? SampledDays, SampledDays)];
        foreach (RecordKind kind in RecordKind.All)
        {
            for (int day = 0; day < (kind.OncePerUser ? 1 : bytes.Length); day++)
            {
                writer.Clear();
                cell.MoveTo(options.Seed, kind, user, day);
                kind.Write(cell, writer);
                bytes[day] += writer.Written.Length;
            }
        }

        for (int day = 1; day < bytes.Length; day++)
        {
            bytes[day] += bytes[day - 1];
        }

        return bytes;
    }
}
