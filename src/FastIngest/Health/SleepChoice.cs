namespace FastIngest.Health;

/// <summary>Quality and resting heart rate of the day's longest sleep record; the first one wins a tie.</summary>
internal ref struct SleepChoice
{
    private bool _any;
    private long _hours;

    /// <summary>Empty when unknown.</summary>
    public ReadOnlySpan<byte> Quality { get; private set; }

    public bool HasRestingHeartRate { get; private set; }

    public long RestingHeartRate { get; private set; }

    /// <param name="hours">Total sleep in micros; <see cref="long.MinValue"/> when unknown, which counts as the shortest.</param>
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
