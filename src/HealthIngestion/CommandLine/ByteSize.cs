using System.Buffers;
using System.Globalization;

namespace HealthIngestion.CommandLine;

/// <summary>
/// Sizes as people write them: <c>4096</c>, <c>64KiB</c>, <c>1.5GiB</c>, <c>1GB</c>, <c>64k</c>. As with GNU tools
/// <c>MiB</c> and <c>M</c> are powers of 1024 and <c>MB</c> is a power of 1000; capitals do not matter.
/// </summary>
internal static class ByteSize
{
    public const string Forms = "a size such as 4096, 64KiB, 1.5GiB or 1GB";

    private const string Prefixes = "kmgt";

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>The size in bytes; parts of a byte that a fraction leaves over are dropped.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        int digits = text.IndexOfAnyExcept(NumberCharacters);
        ReadOnlySpan<char> number = digits < 0 ? text : text[..digits];
        ReadOnlySpan<char> unit = digits < 0 ? default : text[digits..].TrimStart();
        if (!TryUnit(unit, out decimal factor)
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || (factor == 1 && value != decimal.Truncate(value))
            || value > long.MaxValue / factor)
        {
            return false;
        }

        bytes = (long)(value * factor);
        return true;
    }

    private static bool TryUnit(ReadOnlySpan<char> unit, out decimal factor)
    {
        factor = 1;
        if (unit.IsEmpty || unit.Equals("b", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        int power = Prefixes.IndexOf(char.ToLowerInvariant(unit[0]), StringComparison.Ordinal) + 1;
        ReadOnlySpan<char> rest = unit[1..];
        bool isBinary = rest.IsEmpty || rest.Equals("ib", StringComparison.OrdinalIgnoreCase);
        if (power == 0 || !(isBinary || rest.Equals("b", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        for (int i = 0; i < power; i++)
        {
            factor *= isBinary ? 1024 : 1000;
        }

        return true;
    }
}
