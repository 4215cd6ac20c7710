namespace FastIngest.Health;

/// <summary>
/// Chooses among the files that state the same total: exports of the same day, made at different times, have the steps until then. The file with the
/// largest sum of a total counts, of equal ones the first; see <see cref="RecordView.TotalMark"/>.
/// </summary>
internal sealed class TotalChoice
{
    private readonly List<(int Total, long File, int Event)> _events = [];
    private readonly Dictionary<(int Total, long File), Int128> _sums = [];
    private readonly Dictionary<int, (long File, Int128 Sum)> _best = [];

    /// <summary>Forgets all totals.</summary>
    public void Clear()
    {
        _events.Clear();
        _sums.Clear();
        _best.Clear();
    }

    /// <summary>Adds an event.</summary>
    /// <param name="total">The number of its total.</param>
    /// <param name="file">The file; events come in the order of the files.</param>
    /// <param name="index">The index of the event.</param>
    /// <param name="micros">Its amount.</param>
    public void Add(int total, long file, int index, long micros)
    {
        _events.Add((total, file, index));
        _sums[(total, file)] = _sums.GetValueOrDefault((total, file)) + micros;
    }

    /// <summary>Marks the events of the files that do not count; returns their number.</summary>
    /// <param name="isRepeated">One element per event.</param>
    public int MarkOthers(Span<bool> isRepeated)
    {
        foreach ((int total, long file, _) in _events)
        {
            Int128 sum = _sums[(total, file)];
            if (!_best.TryGetValue(total, out (long File, Int128 Sum) best) || sum > best.Sum)
            {
                _best[total] = (file, sum);
            }
        }

        int count = 0;
        foreach ((int total, long file, int index) in _events)
        {
            isRepeated[index] = file != _best[total].File;
            count += isRepeated[index] ? 1 : 0;
        }

        return count;
    }
}
