using System.CommandLine.Parsing;
using System.Globalization;
using FastIngest.Dialects.Times;
using FastIngest.Samples;

namespace HealthIngestion.Options;

/// <summary>Reads the value of <c>--time-zone</c>.</summary>
internal static class TimeZoneOption
{
    public static TimeZoneChoice? Parse(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        TimeZoneChoice? zone = TimeZoneChoice.Find(name);
        if (zone is null)
        {
            result.AddError($"--time-zone: '{name}' is no time zone; use a name of the IANA database, such as Europe/Berlin, America/New_York or UTC");
        }

        return zone;
    }
}

/// <summary>Reads the value of <c>--sources</c>.</summary>
internal static class SourcesOption
{
    private const string Prefer = "prefer:";

    public static SourcePolicy? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] names = text.StartsWith(Prefer, StringComparison.Ordinal)
            ? text[Prefer.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
        SourcePolicy? policy = text switch
        {
            "largest" => SourcePolicy.Largest,
            "sum" => SourcePolicy.Sum,
            _ when names.Length > 0 => SourcePolicy.Prefer(names),
            _ => null,
        };
        if (policy is null)
        {
            result.AddError($"--sources: '{text}' is none of largest, sum and prefer:NAME,NAME");
        }

        return policy;
    }
}

/// <summary>Reads the value of <c>--user-from</c>.</summary>
internal static class UserFromOption
{
    private const string Path = "path:";

    private const int Most = 64;

    public static int Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.StartsWith(Path, StringComparison.Ordinal)
            && int.TryParse(text[Path.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= Most)
        {
            return number;
        }

        result.AddError($"--user-from: '{text}' is not path:N, such as path:1 for the first folder below the given one");
        return 0;
    }
}
