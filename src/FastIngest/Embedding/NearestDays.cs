namespace FastIngest.Embedding;

/// <summary>Keeps the days with the highest scores. Of days with the same score, those come first that were added first.</summary>
/// <param name="limit">The maximum number of days.</param>
internal sealed class NearestDays(int limit)
{
    private readonly List<(double Score, byte[] UserId, int Day)> _days = [];

    /// <summary>The maximum number of days.</summary>
    public int Limit => limit;

    /// <summary>The days, best first.</summary>
    public IReadOnlyList<(double Score, byte[] UserId, int Day)> Days => _days;

    /// <summary>Adds a day; days are added in the order of users and dates.</summary>
    public void Add(double score, byte[] userId, int day)
    {
        if (double.IsNaN(score) || (_days.Count == limit && score <= _days[^1].Score))
        {
            return;
        }

        int low = 0, high = _days.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _days[middle].Score >= score ? (middle + 1, high) : (low, middle);
        }

        _days.Insert(low, (score, userId, day));
        if (_days.Count > limit)
        {
            _days.RemoveAt(limit);
        }
    }
}
