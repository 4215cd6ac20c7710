using System.Collections.Frozen;

namespace FastIngest.Samples;

/// <summary>The exact factors between the units of vendors and those of <see cref="Metrics"/>.</summary>
public static class Units
{
    // A unit of each quantity and its size in a common unit of the quantity, as a fraction.
    private static readonly (string Quantity, string[] Names, long Numerator, long Denominator)[] Table =
    [
        ("length", ["km"], 1_000_000, 1), ("length", ["m", "meter", "metre", "meters", "metres"], 1000, 1), ("length", ["cm", "centimeter", "centimeters", "centimetre", "centimetres"], 10, 1), ("length", ["mm"], 1, 1),
        ("length", ["mi", "mile", "miles", "[mi_i]"], 1_609_344, 1), ("length", ["yd", "yard", "yards", "[yd_i]"], 9144, 10),
        ("length", ["ft", "feet", "foot", "[ft_i]"], 3048, 10), ("length", ["in", "inch", "inches", "Inches", "[in_i]"], 254, 10), ("length", ["[ft_us]"], 1_200_000, 3937), ("length", ["[in_us]"], 100_000, 3937),
        ("energy", ["kcal", "Cal", "Calorie", "Calories", "kilocalorie", "kilocalories"], 4184, 1), ("energy", ["cal", "calorie"], 4184, 1000),
        ("energy", ["kJ", "kilojoule", "kilojoules"], 1000, 1), ("energy", ["J"], 1, 1),
        ("mass", ["kg", "Kg", "KG", "kilogram", "kilograms"], 100_000_000_000, 1), ("mass", ["g", "gram", "grams"], 100_000_000, 1), ("mass", ["mg"], 100_000, 1), ("mass", ["mcg", "\u00B5g", "\u03BCg", "ug"], 100, 1),
        ("mass", ["lb", "lbs", "pound", "pounds", "[lb_av]"], 45_359_237_000, 1), ("mass", ["oz", "[oz_av]"], 2_834_952_312_500, 1000),
        ("mass", ["st", "stone"], 635_029_318_000, 1),
        ("volume", ["L", "l", "liter", "litre"], 1_000_000, 1), ("volume", ["mL", "ml", "cc"], 1000, 1), ("volume", ["dL", "dl"], 100_000, 1), ("volume", ["cL", "cl"], 10_000, 1),
        ("volume", ["fl_oz_us", "fl oz", "[foz_us]"], 295_735_295_625, 10_000_000), ("volume", ["fl_oz_imp", "[foz_br]"], 284_130_625, 10_000),
        ("volume", ["cup_us"], 2_365_882_365, 10_000), ("volume", ["pt_us"], 473_176_473, 1000), ("volume", ["cup_imp"], 284_130_625, 1000), ("volume", ["pt_imp"], 568_261_250, 1000),
        ("time", ["min", "mins", "minute", "minutes"], 60_000, 1), ("time", ["s", "sec", "second", "seconds"], 1000, 1), ("time", ["ms"], 1, 1), ("time", ["hr", "h", "hour", "hours"], 3_600_000, 1), ("time", ["d", "day", "days"], 86_400_000, 1),
        ("rate", ["bpm", "BPM", "beats per minute", "Beats Per Minute", "breaths per minute", "Breaths Per Minute", "per minute", "br/min", "resp/min", "{beat}/min", "{breath}/min", "{resp}/min", "count/min", "/min", "{beats}/min", "beats/min", "beats/minute", "{Beats}/min", "breaths/min", "{breaths}/min", "breaths/minute", "{Breaths}/min", "1/min", "rpm"], 60, 1), ("rate", ["count/s", "Hz", "/s"], 3600, 1), ("rate", ["/h", "count/hr"], 1, 1),
        ("speed", ["km/h", "km/hr", "kmph"], 1000, 3600), ("speed", ["m/s"], 1, 1), ("speed", ["mi/h", "mi/hr", "mph"], 1_609_344, 3_600_000), ("speed", ["ft/s"], 3048, 10_000), ("speed", ["cm/s"], 1, 100),
        ("pressure", ["mmHg", "mm[Hg]", "mm Hg", "millimeter of mercury", "millimeters of mercury"], 1, 1), ("pressure", ["cmHg"], 10, 1), ("pressure", ["kPa"], 1_000_000_000, 133_322_387),
        ("ratio", ["%", "percent"], 1, 100), ("ratio", ["1", "fraction", "ratio"], 1, 1),
        ("power", ["W", "watt", "watts"], 1, 1), ("power", ["kW"], 1000, 1),
        ("flow", ["L/min"], 1, 1), ("flow", ["L/s"], 60, 1), ("flow", ["mL/min"], 1, 1000),
        ("uptake", ["mL/min/kg", "mL/min\u00B7kg", "mL/kg/min", "ml/kg/min", "mL/(kg*min)", "ml/min/kg", "mL/(min.kg)", "ml/(kg\u00B7min)", "mL/(kg\u00B7min)", "ml/(kg*min)", "mL/(kg.min)"], 1, 1),
        ("bmi", ["kg/m2", "kg/m^2", "kg/m\u00B2"], 1, 1), ("sound", ["dB", "dBASPL", "dB(A)"], 1, 1), ("insulin", ["IU", "U", "[iU]"], 1, 1),

        // Glucose: 1 mmol/L is 18.0156 mg/dL, by the molar mass of glucose, 180.156 g/mol.
        ("glucose", ["mmol/L", "mmol<180.1558800000541>/L", "mmol/l"], 180_156, 1), ("glucose", ["mg/dL", "mg/dl"], 10_000, 1), ("glucose", ["mg/L"], 1000, 1), ("glucose", ["g/L"], 1_000_000, 1),
    ];

    private static readonly FrozenDictionary<string, (string Quantity, long Numerator, long Denominator)> ByName =
        Table.SelectMany(u => u.Names.Distinct().Select(n => (Name: n, u))).ToFrozenDictionary(p => p.Name, p => (p.u.Quantity, p.u.Numerator, p.u.Denominator), StringComparer.Ordinal);

    /// <summary>Returns the conversion from one unit to another; null when the units are unknown or of different quantities.</summary>
    /// <param name="from">The unit of a vendor, in the spelling of the vendor or of UCUM.</param>
    /// <param name="to">The unit of a <see cref="Metric"/>.</param>
    public static UnitFactor? Convert(string from, string to)
    {
        if (from == to || (to.Length == 0 && from is "count" or "steps" or "{count}" or "{steps}" or "{#}" or "1" or ""))
        {
            return UnitFactor.One;
        }

        if (to == "\u00B0C")
        {
            return from switch
            {
                "degC" or "C" or "Cel" or "\u2103" or "\u00BAC" or "celsius" or "Celsius" or "deg C" or "DegC" or "degrees Celsius" => UnitFactor.One,
                "degF" or "F" or "[degF]" or "\u00B0F" or "\u2109" or "\u00BAF" or "fahrenheit" or "Fahrenheit" or "deg F" or "DegF" or "degrees Fahrenheit" => new UnitFactor(5, 9, -32),
                _ => null,
            };
        }

        if (!ByName.TryGetValue(from, out var source) || !ByName.TryGetValue(to, out var target) || source.Quantity != target.Quantity)
        {
            return null;
        }

        Int128 numerator = (Int128)source.Numerator * target.Denominator;
        Int128 denominator = (Int128)source.Denominator * target.Numerator;
        Int128 divisor = GreatestDivisor(numerator, denominator);
        return new UnitFactor((long)(numerator / divisor), (long)(denominator / divisor));
    }

    private static Int128 GreatestDivisor(Int128 a, Int128 b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
