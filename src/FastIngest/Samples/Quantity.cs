using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using FastIngest.Json;

namespace FastIngest.Samples;

/// <summary>Reads a decimal number and converts its unit, exactly, with one rounding (half to even) to micros.</summary>
public static class Quantity
{
    /// <summary>A number with more characters than this is not read.</summary>
    private const int MaxBytes = 64;

    private const int MaxExponent = 40;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>The longest mantissa that is converted without big integers.</summary>
    private const int ShortDigits = 18;

    private static readonly long[] Powers =
    [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000, 1_000_000_000_000,
        10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    /// <summary>Reads a number; false when the text is not a decimal number or the result is beyond ±9·10^12.</summary>
    /// <param name="text">The number in UTF-8, as in JSON; a leading plus sign or point is accepted too.</param>
    /// <param name="factor">The conversion of the unit.</param>
    /// <param name="micros">Receives the converted number in micros.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, in UnitFactor factor, out long micros)
    {
        if (factor == UnitFactor.One && DecimalParser.TryParse(text, out micros))
        {
            return true;
        }

        micros = 0;
        bool isNegative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> digits = isNegative || text is [(byte)'+', ..] ? text[1..] : text;
        if (digits.IsEmpty || digits.Length > MaxBytes)
        {
            return false;
        }

        long mantissa = 0;
        int count = 0, fraction = 0;
        bool hasPoint = false;
        foreach (byte b in digits)
        {
            if (b == '.' && !hasPoint)
            {
                hasPoint = true;
            }
            else if ((uint)(b - '0') <= 9 && count < ShortDigits)
            {
                mantissa = (mantissa * 10) + (b - '0');
                count += mantissa == 0 ? 0 : 1;
                fraction += hasPoint ? 1 : 0;
            }
            else
            {
                return TryParseLong(text, factor, out micros);
            }
        }

        if (fraction >= Powers.Length || (hasPoint ? digits.Length < 2 : digits.Length < 1))
        {
            return hasPoint && digits.Length >= 2 && TryParseLong(text, factor, out micros);
        }

        // mantissa / 10^fraction, converted. The products stay below 10^18 · 10^13 · 10^6 and 10^18 · 10^13.
        Int128 value = (isNegative ? -(Int128)mantissa : mantissa) + ((Int128)factor.Offset * Powers[fraction]);
        if (factor.Numerator > Powers[13] || factor.Denominator > Powers[13])
        {
            return TryParseLong(text, factor, out micros);
        }

        return TryRound(value * factor.Numerator * 1_000_000, (Int128)Powers[fraction] * factor.Denominator, out micros);
    }

    /// <summary>Converts a number that is already read.</summary>
    /// <param name="value">The number in micros.</param>
    /// <param name="factor">The conversion of the unit.</param>
    /// <param name="micros">Receives the converted number in micros.</param>
    public static bool TryConvert(long value, in UnitFactor factor, out long micros) =>
        TryRound(((Int128)value + ((Int128)factor.Offset * 1_000_000)) * factor.Numerator, factor.Denominator, out micros);

    private static bool TryParseLong(ReadOnlySpan<byte> text, in UnitFactor factor, out long micros)
    {
        micros = 0;
        Span<char> chars = stackalloc char[MaxBytes + 1];
        if (text.Length > chars.Length || text.ContainsAnyExcept(NumberBytes))
        {
            return false;
        }

        chars = chars[..Encoding.Latin1.GetChars(text, chars)];
        int e = chars.IndexOfAny('e', 'E');
        int exponent = 0;
        if (e >= 0 && (!int.TryParse(chars[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxExponent))
        {
            return false;
        }

        Span<char> plain = e >= 0 ? chars[..e] : chars;
        int point = plain.IndexOf('.');
        int fraction = point < 0 ? 0 : plain.Length - point - 1;
        string joined = point < 0 ? plain.ToString() : string.Concat(plain[..point], plain[(point + 1)..]);
        if (!BigInteger.TryParse(joined, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger mantissa))
        {
            return false;
        }

        exponent -= fraction;
        BigInteger numerator = exponent > 0 ? mantissa * BigInteger.Pow(10, exponent) : mantissa;
        BigInteger denominator = exponent < 0 ? BigInteger.Pow(10, -exponent) : BigInteger.One;
        numerator = (numerator + (factor.Offset * denominator)) * factor.Numerator * 1_000_000;
        denominator *= factor.Denominator;
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        BigInteger twice = BigInteger.Abs(remainder) * 2;
        quotient += twice > denominator || (twice == denominator && !quotient.IsEven) ? numerator.Sign : 0;
        bool fits = BigInteger.Abs(quotient) <= DecimalParser.MaxMicros;
        micros = fits ? (long)quotient : 0;
        return fits;
    }

    private static bool TryRound(Int128 numerator, Int128 denominator, out long micros)
    {
        (Int128 quotient, Int128 remainder) = Int128.DivRem(numerator, denominator);
        Int128 twice = Int128.Abs(remainder) * 2;
        if (twice > denominator || (twice == denominator && Int128.IsOddInteger(quotient)))
        {
            quotient += numerator < 0 ? -1 : 1;
        }

        bool fits = quotient <= DecimalParser.MaxMicros && quotient >= -DecimalParser.MaxMicros;
        micros = fits ? (long)quotient : 0;
        return fits;
    }
}
