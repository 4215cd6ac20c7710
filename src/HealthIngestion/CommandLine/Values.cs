using System.Buffers;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using FastIngest;
using FastIngest.Delivery;
using HealthIngestion.Formatting;

namespace HealthIngestion.CommandLine;

/// <summary>Reads the values of options; each error names the option, the value, and what the option takes.</summary>
internal static class Values
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static Func<ArgumentResult, int> Integer(int min, int max) => result =>
    {
        if (int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max)
        {
            return value;
        }

        return Fail<int>(result, max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}");
    };

    public static Func<ArgumentResult, ulong> Unsigned() => result =>
        ulong.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : Fail<ulong>(result, "a whole number from 0");

    public static Func<ArgumentResult, double> Share() => result =>
        double.TryParse(Text(result), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
        && value is >= 0 and <= 1
            ? value
            : Fail<double>(result, "a share from 0 to 1, such as 0.01");

    /// <summary>A positive number of requests in a second.</summary>
    public static double Rate(ArgumentResult result) =>
        double.TryParse(Text(result), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is >= 0.001 and <= 1_000_000
            ? value
            : Fail<double>(result, "a number of requests in a second, such as 5 or 0.5");

    /// <summary>The rules of an option that may be repeated.</summary>
    public static SuccessRule[]? SuccessRules(ArgumentResult result)
    {
        SuccessRule?[] rules = [.. result.Tokens.Select(t => SuccessRule.TryParse(t.Value))];
        int wrong = Array.IndexOf(rules, null);
        if (wrong < 0)
        {
            return [.. rules.OfType<SuccessRule>()];
        }

        result.AddError($"--api-success '{result.Tokens[wrong].Value}' is not FIELD=VALUE, such as status=queued, or any");
        return null;
    }

    public static Func<ArgumentResult, long> Size(long min, long max) => result =>
    {
        if (!ByteSize.TryParse(Text(result), out long value))
        {
            return Fail<long>(result, ByteSize.Forms);
        }

        return value >= min && value <= max
            ? value
            : Fail<long>(result, $"a size from {Figures.ExactBytes(min)} to {Figures.ExactBytes(max)}");
    };

    /// <summary>A time as in <c>500ms</c>, <c>60s</c>, <c>2m</c> or <c>1h</c>; a bare number is seconds.</summary>
    public static TimeSpan Duration(ArgumentResult result)
    {
        string text = Text(result).Trim();
        int digits = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        string unit = digits < 0 ? "s" : text[digits..].ToLowerInvariant();
        double seconds = unit switch { "ms" => 0.001, "s" => 1, "m" or "min" => 60, "h" => 3600, _ => double.NaN };
        bool isNumber = double.TryParse(digits < 0 ? text : text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        return isNumber && value * seconds <= 86_400
            ? TimeSpan.FromSeconds(value * seconds)
            : Fail<TimeSpan>(result, "a time such as 500ms, 60s, 2m or 1h, up to a day");
    }

    /// <summary>One of a few words.</summary>
    public static Func<ArgumentResult, T?> Choice<T>(params (string Word, T Value)[] choices) => result =>
    {
        string text = Text(result);
        foreach ((string word, T value) in choices)
        {
            if (text == word)
            {
                return value;
            }
        }

        string[] words = Array.ConvertAll(choices, c => c.Word);
        string? near = Suggestion.For(text, words);
        string wanted = $"{string.Join(", ", words[..^1])} or {words[^1]}";
        return Fail<T>(result, near is null ? wanted : $"{wanted}. Did you mean {near}?");
    };

    /// <summary>Any text but the empty one, called after the name that help gives the value.</summary>
    public static string? NotEmpty(ArgumentResult result)
    {
        string text = Text(result);
        string? wanted = (result.Parent as OptionResult)?.Option.HelpName;
        return text.Length > 0 ? text : Fail<string>(result, wanted switch { "FILE" => "a file name", "DIR" => "a directory", "PATH" => "a path", "URL" => "a URL", _ => "a name" });
    }

    /// <summary>Any texts but empty ones, for an option that may be repeated.</summary>
    public static string[]? AllNotEmpty(ArgumentResult result)
    {
        string[] texts = [.. result.Tokens.Select(t => t.Value)];
        return texts.All(t => t.Length > 0) ? texts : Fail<string[]>(result, "an id");
    }

    /// <summary>A day such as 2024-01-31.</summary>
    public static DateOnly? Date(ArgumentResult result) =>
        DateOnly.TryParseExact(Text(result), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? day
            : Fail<DateOnly?>(result, "a day such as 2024-01-31");

    /// <summary>A name that PostgreSQL keeps whole.</summary>
    public static string? Identifier(ArgumentResult result)
    {
        string text = Text(result);
        return text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= 63 && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : Fail<string>(result, "a name of 1 to 63 bytes");
    }

    private static string Text(ArgumentResult result) => result.Tokens[0].Value;

    private static T? Fail<T>(ArgumentResult result, string wanted)
    {
        string option = result.Parent is OptionResult parent ? parent.Option.Name : result.Argument.Name;
        result.AddError($"{option} '{Text(result)}' is not {wanted}");
        return default;
    }
}
