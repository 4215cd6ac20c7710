namespace FastIngest.Reports;

/// <summary>
/// The distribution of a measure in bounded memory. Up to 32 values are kept as they are, so that the quantiles of a few people are
/// exact. More are counted in 160 bins of equal width; a quantile then is exact to the width of a bin.
/// </summary>
/// <param name="low">The lower end of the first bin.</param>
/// <param name="high">The upper end of the last bin. Values outside count in the bin at that end.</param>
internal sealed class ValueSketch(double low, double high)
{
    private const int Bins = 160, MaxExact = 32;

    private float[]? _exact = new float[4];
    private int[]? _bins;
    private double _min = double.MaxValue, _max = double.MinValue;

    /// <summary>The number of values.</summary>
    public int Count { get; private set; }

    public void Add(double value)
    {
        (_min, _max) = (Math.Min(_min, value), Math.Max(_max, value));
        if (_bins is null && Count == MaxExact)
        {
            ToBins();
        }

        if (_bins is { } bins)
        {
            bins[BinOf(value)]++;
        }
        else
        {
            if (Count == _exact!.Length)
            {
                Array.Resize(ref _exact, Count * 2);
            }

            _exact[Count] = (float)value;
        }

        Count++;
    }

    /// <summary>Adds all values of another sketch of the same range.</summary>
    public void Add(ValueSketch other)
    {
        if (other._bins is not { } bins)
        {
            for (int i = 0; i < other.Count; i++)
            {
                Add(other._exact![i]);
            }

            return;
        }

        if (_bins is null)
        {
            ToBins();
        }

        for (int i = 0; i < Bins; i++)
        {
            _bins![i] += bins[i];
        }

        Count += other.Count;
        (_min, _max) = (Math.Min(_min, other._min), Math.Max(_max, other._max));
    }

    /// <summary>Returns a quantile; NaN without values. Between two values it is interpolated.</summary>
    /// <param name="share">From 0 to 1; 0.5 is the median.</param>
    public double Quantile(double share)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        double rank = share * (Count - 1);
        if (_bins is not { } bins)
        {
            Array.Sort(_exact!, 0, Count);
            int below = (int)rank;
            double next = _exact![Math.Min(below + 1, Count - 1)];
            return _exact[below] + ((rank - below) * (next - _exact[below]));
        }

        double before = 0;
        for (int i = 0; i < Bins; i++)
        {
            if (before + bins[i] > rank)
            {
                double inBin = (rank - before + 0.5) / bins[i];
                return Math.Clamp(low + ((i + inBin) * Width), _min, _max);
            }

            before += bins[i];
        }

        return _max;
    }

    private double Width => (high - low) / Bins;

    private int BinOf(double value) => (int)Math.Clamp((value - low) / Width, 0, Bins - 1);

    private void ToBins()
    {
        _bins = new int[Bins];
        for (int i = 0; i < Count; i++)
        {
            _bins[BinOf(_exact![i])]++;
        }

        _exact = null;
    }
}
