namespace FastIngest.Health;

/// <summary>Quality and resting heart rate of the day's longest sleep: the first on a tie, or the first of all.</summary>
internal ref struct SleepChoice
{
    private bool _any;
    private long _hours;

    /// <summary>Empty when unknown.</summary>
    public ReadOnlySpan<byte> Quality { get; private set; }

    public bool HasRestingHeartRate { get; private set; }

    public long RestingHeartRate { get; private set; }

    /// <param name="hours">In micros; <see cref="long.MinValue"/> when unknown, which is shorter than any.</param>
    public void Consider(long hours, ReadOnlySpan<byte> quality, bool hasResting, long resting)
    {
        if (_any && hours <= _hours)
        {
            return;
        }

        _any = true;
        _hours = hours;
        Quality = quality;
        HasRestingHeartRate = hasResting;
        RestingHeartRate = resting;
    }
}
