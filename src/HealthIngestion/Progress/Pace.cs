using HealthIngestion.Formatting;


namespace HealthIngestion.Progress;

/// <summary>How fast a run is at one moment: averages since reading began, which keep the time left steady.</summary>
internal sealed record Pace(long Bytes, long TotalBytes, long Records, TimeSpan Elapsed, bool CountsBytes)
{
    public static Pace Of(RunProgress progress) =>
        new(progress.Bytes, progress.TotalBytes, progress.Records, progress.Elapsed, progress.CountsBytes);

    public double BytesPerSecond => Figures.PerSecond(Bytes, Elapsed);

    public double RecordsPerSecond => Figures.PerSecond(Records, Elapsed);

    public int Percent => TotalBytes == 0 ? 100 : (int)(100.0 * Bytes / TotalBytes);

    /// <summary>Null until something has been read.</summary>
    public TimeSpan? Left => BytesPerSecond > 0 ? TimeSpan.FromSeconds((TotalBytes - Bytes) / BytesPerSecond) : null;

    public override string ToString() =>
        (CountsBytes ? $"{Figures.Bytes(BytesPerSecond)}/s, " : "") + $"{Figures.Rate(RecordsPerSecond)} records/s"
        + (Left is { } left ? $", {Figures.Seconds(left)} left" : "");
}
