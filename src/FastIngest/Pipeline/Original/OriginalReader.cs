using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>Cuts a file into elements: docs/reading.md in code, section by section.</summary>
internal sealed class OriginalReader(byte[] file, int maxRecordBytes)
{
    private enum State { Top, Array, Wrapped, Closed }
    /// <summary>Where each element lies and what it is: a value, or none and the reason.</summary>
    public IEnumerable<(int Offset, int Length, RejectReason? Reason, JsonElement Value)> Elements()
    {
        int start = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        start = file.Length - file.AsSpan(start).TrimStart(" \t\r\n"u8).Length;
        (int at, State state) = FindWrapped(start) is int first ? (first, State.Wrapped) : (start, State.Top);
        for (; at < file.Length; at++)
        {
            switch ((char)file[at], state)
            {
                case (' ' or '\t' or '\n' or '\r' or ',', _): break;
                case ('[', State.Top): state = State.Array; break;
                case (']', State.Array): state = State.Top; break;
                case (']', State.Wrapped): state = State.Closed; break;
                case (']' or '}', State.Closed): break;
                case (not ('{' or '['), State.Closed): yield break; // which is the state "done"
                default:
                    state = state == State.Closed ? State.Wrapped : state;
                    RejectReason? reason = Parse(at, out JsonElement value, out int end);
                    end = reason is not null ? (reason == RejectReason.TooLarge ? ClosingBracket(at) : null) ?? Resume(at, end)
                        : value.ValueKind == JsonValueKind.Array ? Places(at + 1, end).Take(16).Where(p => Parse(p, out _, out _) is null).Append(end).First()
                        : end;
                    yield return (at, end - at, reason, value);
                    at = end - 1; break;
            }
        }
    }

    /// <summary>Reads one value; its end is behind it, at the error, or where the largest record size ends.</summary>
    private RejectReason? Parse(int o, out JsonElement value, out int end)
    {
        (value, end) = (default, o);
        ReadOnlySpan<byte> bytes = file.AsSpan(o, Math.Min(maxRecordBytes, file.Length - o));
        Utf8JsonReader reader = new(bytes, isFinalBlock: o + bytes.Length == file.Length, default);
        try
        {
            bool whole = JsonElement.TryParseValue(ref reader, out JsonElement? parsed);
            (value, end) = (parsed.GetValueOrDefault(), o + (whole ? (int)reader.BytesConsumed : bytes.Length));
            return whole ? null : RejectReason.TooLarge;
        }
        catch (JsonException e)
        {
            end = Enumerable.Range(0, (int)e.LineNumber!).Aggregate(o, (at, _) => Array.IndexOf(file, (byte)'\n', at) + 1) + (int)e.BytePositionInLine!;
            return RejectReason.InvalidJson;
        }
    }

    /// <summary>Where reading goes on after an element that began at o and failed at e: 16 places before e are tried, then one behind it, and again.</summary>
    private int Resume(int o, int e)
    {
        for ((int s, int tries) = (o + 1, 0); ; tries++)
        {
            bool isBefore = tries < 16 && Places(s, e).Any();
            int place = Places(isBefore ? s : Math.Max(s, e), file.Length).FirstOrDefault(file.Length);
            if (place == file.Length || Parse(place, out _, out int failed) is null)
                return place;
            (s, e, tries) = isBefore ? (place + 1, Math.Max(e, failed), tries) : (place + 1, failed, -1);
        }
    }

    private IEnumerable<int> Places(int from, int endExcl) => Enumerable.Range(from, Math.Max(0, endExcl - from))
        .Where(i => file[i] == '{' && file.AsSpan(0, i).TrimEnd(" \t\r"u8) is [.., (byte)'\n' or (byte)',' or (byte)'}' or (byte)'[']);

    /// <summary>The end of a value too large to be read, by its brackets and quotes alone.</summary>
    private int? ClosingBracket(int o)
    {
        (int depth, bool inString, long limit) = (0, false, Math.Min(file.Length, o + (4L * maxRecordBytes)));
        for (int i = o; i < limit && depth <= 64; i++)
        {
            char b = (char)file[i];
            i += inString && b == '\\' ? 1 : 0;
            inString ^= b == '"';
            depth += inString ? 0 : b is '{' or '[' ? 1 : b is '}' or ']' ? -1 : 0;
            if (depth == 0 && !inString)
                return b is '}' or ']' or '"' ? i + 1 : null;
        }
        return null;
    }

    /// <summary>The first element of the array that holds the records, where the head is a wrapper.</summary>
    private int? FindWrapped(int start)
    {
        Utf8JsonReader reader = new(file.AsSpan(0, Math.Min(4096, file.Length))[Math.Min(4096, start)..], isFinalBlock: false, default);
        (int? first, int arrays, JsonTokenType before) = (null, 0, JsonTokenType.None);
        try
        {
            for (; start < file.Length && file[start] == '{' && reader.Read(); before = reader.TokenType)
            {
                arrays += reader.TokenType == JsonTokenType.StartArray ? 1 : reader.TokenType == JsonTokenType.EndArray ? -1 : 0;
                if ((before, reader.TokenType, arrays) == (JsonTokenType.StartArray, JsonTokenType.StartObject, 1))
                    first ??= start + (int)reader.TokenStartIndex;
                if ((reader.TokenType, reader.CurrentDepth) == (JsonTokenType.PropertyName, 1) && Regex.Unescape(Encoding.UTF8.GetString(reader.ValueSpan)) == "user_id")
                    return null;
            }
        }
        catch (JsonException) { } // The head ends here.
        return first;
    }
}

/// <summary>One record, by "From element to record" and "What counts as a value" in docs/reading.md.</summary>
internal sealed record OriginalRecord(JsonElement Element)
{
    private static readonly string[] DayFields = ["date", "date_time", "timestamp"];
    private static readonly Regex DayShape = new("""^([0-9]{4}-[0-9]{2}-[0-9]{2})([T ]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)(\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?\z""");
    private static readonly Regex JsonNumber = new("""^[ \t\n\r]*(?<minus>-)?(?<whole>0|[1-9][0-9]*)(\.(?<fraction>[0-9]+))?([eE](?<sign>[+-]?)(?<power>[0-9]+))?[ \t\n\r]*\z""");

    /// <summary>The names of those fields of a record of <c>measurements</c> that are measurements.</summary>
    public IEnumerable<string> MeasurementNames => Element.EnumerateObject().Select(property => property.Name).Distinct()
        .Where(name => !DayFields.Contains(name) && name != "id" && !name.EndsWith("_id", StringComparison.Ordinal));

    /// <summary>The calendar day as written.</summary>
    public int? Day => DayFields.Select(Value).FirstOrDefault(v => v.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            is { ValueKind: JsonValueKind.String } text && DayShape.Match(text.GetString()!) is { Success: true } shape
        && DateOnly.TryParseExact(shape.Groups[1].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day.DayNumber : null;

    /// <summary>Says why it is no record of the category.</summary>
    public RejectReason? Check(Category category)
    {
        try { _ = Element.ValueKind == JsonValueKind.Object ? TextLength(Element) : 0; }
        catch (InvalidOperationException) { return RejectReason.InvalidText; }
        return Element.ValueKind != JsonValueKind.Object ? RejectReason.NotAnObject
            : Text("user_id") is null ? RejectReason.NoUserId
            : category != Category.Users && Day is null ? RejectReason.NoDate
            : category == Category.HeartRate && Number("value") is null ? RejectReason.NoValue : null;
    }

    /// <summary>A text field, or null if it is missing.</summary>
    public string? Text(string name) => Value(name) is var v && v.ValueKind == JsonValueKind.String ? v.GetString() is { Length: > 0 } text ? text : null
        : v.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? v.GetRawText() : null;

    /// <summary>A number field in micros, ties to even, or null if it is missing or beyond ±9·10^12.</summary>
    public BigInteger? Number(string name)
    {
        if (JsonNumber.Match(Text(name) ?? "") is not { Success: true } number)
            return null;
        // The number is digits · 10^exponent, and less than 10^places.
        (string fraction, string power) = (number.Groups["fraction"].Value, "0" + number.Groups["power"].Value.TrimStart('0'));
        string digits = (number.Groups["whole"].Value + fraction).TrimStart('0');
        long exponent = long.Parse(number.Groups["sign"].Value + (power.Length > 16 ? "1000000000000000" : power), CultureInfo.InvariantCulture) - fraction.Length;
        long places = digits.Length + exponent;
        if (digits.Length == 0 || places is < -6 or > 13)
            return digits.Length == 0 || places < 0 ? 0 : null;
        if (digits.Length > 40) // What is cut off is far below a millionth: one digit says whether there is anything.
            (digits, exponent) = (digits[..40] + (digits.AsSpan(40).ContainsAnyExcept('0') ? 1 : 0), places - 41);
        BigInteger micros = Divide(BigInteger.Parse(number.Groups["minus"].Value + digits + new string('0', 50), CultureInfo.InvariantCulture), BigInteger.Pow(10, (int)(44 - exponent)));
        return BigInteger.Abs(micros) > 9 * BigInteger.Pow(10, 18) ? null : micros;
    }

    /// <summary>The whole number nearest to a quotient, ties to even.</summary>
    public static BigInteger Divide(BigInteger value, BigInteger divisor) => BigInteger.DivRem(value, divisor) is var (quotient, rest)
        && (BigInteger.Abs(rest) * 2).CompareTo(divisor) is var half && (half > 0 || (half == 0 && !quotient.IsEven)) ? quotient + value.Sign : quotient;

    private JsonElement Value(string name) => Element.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>Decodes every key and string; the first that is not well-formed Unicode throws.</summary>
    private static long TextLength(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()!.Length
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Sum(TextLength)
        : value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Sum(field => field.Name.Length + TextLength(field.Value)) : 0;
}
