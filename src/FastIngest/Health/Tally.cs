using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>An exact sum of the numbers that are there; null when none is.</summary>
internal struct Sum
{
    private Int128 _total;
    private bool _any;

    public void Add(bool present, long millionths)
    {
        if (present)
        {
            _total += millionths;
            _any = true;
        }
    }

    /// <summary>The nearest double; NaN stands for null.</summary>
    public readonly double Value => _any ? ExactDouble.FromMillionths(_total) : double.NaN;
}

/// <summary>The largest of the numbers that are there; null when none is.</summary>
internal struct Maximum
{
    private long _value;
    private bool _any;

    public void Add(bool present, long millionths)
    {
        if (present)
        {
            _value = _any ? Math.Max(_value, millionths) : millionths;
            _any = true;
        }
    }

    public readonly double Value => _any ? ExactDouble.FromMillionths(_value) : double.NaN;
}
