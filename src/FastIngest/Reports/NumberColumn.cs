namespace FastIngest.Reports;

/// <summary>
/// A column of whole numbers as bytes. Each number is a LEB128 varint: 0 for no number, else 1 + the zigzag of its difference from the
/// last number, so that days in a row and values that change little take one or two bytes.
/// <code>
/// 8100, none, 8103  ->  1 + zigzag(8100) = 16201, 0, 1 + zigzag(3) = 7  ->  C9 7E 00 07
/// </code>
/// </summary>
/// <param name="name">The name of the column.</param>
/// <param name="decimals">The numbers are multiplied by 10 to the power of this.</param>
internal sealed class NumberColumn(string name, int decimals)
{
    private const int MaxVarintBytes = 10;

    /// <summary>Readers in browsers have doubles, which hold whole numbers up to here.</summary>
    private const double MaxExact = 1L << 51;

    private readonly double _scale = Math.Pow(10, decimals);
    private byte[] _bytes = new byte[512];
    private int _length;
    private long _last;

    public string Name => name;

    public int Decimals => decimals;

    /// <summary>The count of numbers, with those that are missing.</summary>
    public int Rows { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Adds a value; NaN and what is too large for a report are no number.</summary>
    public void Add(double value)
    {
        double scaled = Math.Round(value * _scale);
        if (Math.Abs(scaled) <= MaxExact)
        {
            Add((long)scaled);
        }
        else
        {
            AddVarint(0);
        }
    }

    /// <summary>Adds a whole number that is already multiplied.</summary>
    public void Add(long number)
    {
        long difference = number - _last;
        _last = number;
        AddVarint((ulong)((difference << 1) ^ (difference >> 63)) + 1);
    }

    /// <summary>Removes all numbers.</summary>
    public void Clear()
    {
        (_length, _last, Rows) = (0, 0, 0);
    }

    private void AddVarint(ulong value)
    {
        if (_bytes.Length - _length < MaxVarintBytes)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
        Rows++;
    }
}
