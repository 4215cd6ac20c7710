using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace FastIngest.Pipeline.Original;

/// <summary>Exact numbers: millionths in integers, printed and made doubles through their decimal text.</summary>
internal static partial class OriginalNumber
{
    public const long One = 1_000_000;

    /// <summary>A JSON number with white space around it, in millionths, ties to even; null if it is none or beyond ±9·10^12.</summary>
    public static long? Parse(string text)
    {
        Match number = JsonNumber.Match(text);
        if (!number.Success)
        {
            return null;
        }

        // The value is digits · 10^exponent, without zeros at either end of the digits.
        string fraction = number.Groups["fraction"].Value;
        string allDigits = (number.Groups["whole"].Value + fraction).TrimStart('0');
        string digits = allDigits.TrimEnd('0');
        string power = number.Groups["power"].Value.TrimStart('0');
        long exponent = power.Length == 0 ? 0 : power.Length > 15 ? 1_000_000_000_000_000 : long.Parse(power, CultureInfo.InvariantCulture);
        exponent = (number.Groups["sign"].Value == "-" ? -exponent : exponent) - fraction.Length + allDigits.Length - digits.Length;
        if (digits.Length == 0 || digits.Length + exponent < -6)
        {
            return 0;
        }

        if (digits.Length + exponent > 13)
        {
            return null;
        }

        if (digits.Length > 40)
        {
            // What is cut off is not zero and far below a millionth: one digit stands for all of it.
            (digits, exponent) = (digits[..40] + "1", exponent + digits.Length - 41);
        }

        BigInteger whole = BigInteger.Parse(digits, CultureInfo.InvariantCulture), scale = BigInteger.Pow(10, (int)Math.Abs(exponent + 6));
        BigInteger millionths = exponent + 6 >= 0 ? whole * scale : DivideToEven(whole, scale);
        return millionths > 9_000_000_000_000 * (BigInteger)One ? null : (long)millionths * (number.Groups["minus"].Success ? -1 : 1);
    }

    /// <summary>A plain decimal: no trailing zeros, no exponent.</summary>
    public static string Plain(BigInteger millionths)
    {
        string digits = BigInteger.Abs(millionths).ToString(CultureInfo.InvariantCulture).PadLeft(7, '0');
        return (millionths.Sign < 0 ? "-" : "") + $"{digits[..^6]}.{digits[^6..]}".TrimEnd('0').TrimEnd('.');
    }

    /// <summary>The nearest double.</summary>
    public static double ToDouble(BigInteger millionths) => ParseDouble($"{millionths}e-6");

    /// <summary>The double nearest to the exact mean.</summary>
    public static double Mean(BigInteger sumMillionths, BigInteger count)
    {
        // No two doubles of such means have their middle behind 140 decimals; a last digit tells that there is a remainder.
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(sumMillionths) * BigInteger.Pow(10, 140), count * One, out BigInteger rest);
        return (sumMillionths.Sign < 0 ? -1 : 1) * ParseDouble($"{quotient}{(rest.IsZero ? 0 : 1)}e-141");
    }

    /// <summary>The exact mean with one decimal, ties to even.</summary>
    public static string PlainMean(BigInteger sumMillionths, BigInteger count) =>
        Plain(DivideToEven(BigInteger.Abs(sumMillionths) * 10, count * One) * sumMillionths.Sign * (One / 10));

    /// <summary>A double as Python's <c>repr</c> and <c>json.dumps</c> print it, below 10^15.</summary>
    public static string Repr(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('e', StringComparison.Ordinal) ? text : text + ".0";
    }

    private static double ParseDouble(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static BigInteger DivideToEven(BigInteger value, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(value, divisor, out BigInteger rest);
        int half = (rest * 2).CompareTo(divisor);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    [GeneratedRegex("""^[ \t\n\r]*(?<minus>-)?(?<whole>0|[1-9][0-9]*)(\.(?<fraction>[0-9]+))?([eE](?<sign>[+-]?)(?<power>[0-9]+))?[ \t\n\r]*\z""", RegexOptions.ExplicitCapture)]
    private static partial Regex JsonNumber { get; }
}
