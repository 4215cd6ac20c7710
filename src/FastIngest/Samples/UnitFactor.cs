namespace FastIngest.Samples;

/// <summary>
/// The exact conversion of a value to another unit: <c>(value + Offset) · Numerator / Denominator</c>.
/// </summary>
/// <param name="Numerator">The numerator of the factor, above 0.</param>
/// <param name="Denominator">The denominator of the factor, above 0.</param>
/// <param name="Offset">The number to add before, in the unit of the value; only for temperatures.</param>
public readonly record struct UnitFactor(long Numerator, long Denominator, long Offset = 0)
{
    /// <summary>The conversion that changes nothing.</summary>
    public static readonly UnitFactor One = new(1, 1);
}
