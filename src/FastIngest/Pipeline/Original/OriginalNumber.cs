using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FastIngest.Pipeline.Original;

/// <summary>Reads numbers by the section "What counts as a value" of docs/reading.md, and writes them.</summary>
internal static partial class OriginalNumber
{
    private const long Largest = 9_000_000_000_000;

    /// <summary>The number of digits and other characters up to which <see cref="decimal"/> is exact: 19 digits, and six more in micros.</summary>
    private const int ExactLength = 20;

    /// <summary>A value as a number in micros, ties to even, or null if it is missing or beyond ±9·10^12.</summary>
    public static long? Of(OriginalValue value)
    {
        ReadOnlySpan<byte> written = value.Written.Span;
        if (value.Kind == JsonTokenType.Number && Utf8Parser.TryParse(written, out long whole, out int length) && length == written.Length)
            return whole is >= -Largest and <= Largest ? whole * 1_000_000 : null;
        if (value.Kind == JsonTokenType.Number && written.Length <= ExactLength && decimal.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
            return Micros(number);
        if (value.Kind is not (JsonTokenType.Number or JsonTokenType.String) || JsonNumber().Match(value.Text ?? "") is not { Success: true } match)
            return null;
        return match.Length <= ExactLength && decimal.TryParse(match.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? Micros(number) : OfLong(match);
    }

    private static long? Micros(decimal number) => Math.Abs(number) > Largest ? null : (long)decimal.Round(number * 1_000_000);

    /// <summary>The whole number nearest to a quotient, ties to even.</summary>
    public static BigInteger Divide(BigInteger value, BigInteger divisor) => BigInteger.DivRem(value, divisor) is var (quotient, rest)
        && (BigInteger.Abs(rest) * 2).CompareTo(divisor) is var half && (half > 0 || (half == 0 && !quotient.IsEven)) ? quotient + value.Sign : quotient;

    /// <summary>The double nearest to a mean of micros.</summary>
    public static double Mean(BigInteger sum, int count)
    {
        if (BigInteger.Abs(sum) < 1L << 53) // Both sides are exact, and a division of doubles rounds once.
            return (double)(long)sum / (count * 1e6);

        // The middle of two doubles has fewer decimals than are computed; one more digit shows whether there is a remainder.
        return double.Parse($"{BigInteger.DivRem(sum * BigInteger.Pow(10, 140), count, out BigInteger rest)}{(rest.IsZero ? 0 : 1)}e-147", CultureInfo.InvariantCulture);
    }

    /// <summary>Writes micros without zeros at the end.</summary>
    public static string Plain(decimal micros) => (micros / 1_000_000).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a number that may have any number of digits and any exponent.</summary>
    private static long? OfLong(Match number)
    {
        // The number is digits · 10^exponent, and less than 10^places.
        (string fraction, string power) = (number.Groups["fraction"].Value, "0" + number.Groups["power"].Value.TrimStart('0'));
        string digits = (number.Groups["whole"].Value + fraction).TrimStart('0');
        long exponent = long.Parse(number.Groups["sign"].Value + (power.Length > 16 ? "1000000000000000" : power), CultureInfo.InvariantCulture) - fraction.Length;
        long places = digits.Length + exponent;
        if (digits.Length == 0 || places is < -6 or > 13)
            return digits.Length == 0 || places < 0 ? 0 : null;
        if (digits.Length > 40) // The removed digits are far below a millionth: one digit shows whether any of them is not zero.
            (digits, exponent) = (digits[..40] + (digits.AsSpan(40).ContainsAnyExcept('0') ? 1 : 0), places - 41);
        BigInteger micros = Divide(BigInteger.Parse(number.Groups["minus"].Value + digits + new string('0', 50), CultureInfo.InvariantCulture), BigInteger.Pow(10, (int)(44 - exponent)));
        return BigInteger.Abs(micros) > (BigInteger)Largest * 1_000_000 ? null : (long)micros;
    }

    [GeneratedRegex("""^[ \t\n\r]*(?<minus>-)?(?<whole>0|[1-9][0-9]*)(\.(?<fraction>[0-9]+))?([eE](?<sign>[+-]?)(?<power>[0-9]+))?[ \t\n\r]*\z""")]
    private static partial Regex JsonNumber();
}
