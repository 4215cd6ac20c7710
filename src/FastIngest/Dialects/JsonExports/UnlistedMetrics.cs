using System.Collections.Concurrent;
using System.Text;
using FastIngest.Samples;

namespace FastIngest.Dialects.JsonExports;

/// <summary>
/// The metrics of names that this program does not know, as texts of people write them: <c>Hemoglobin A1c [%]</c> becomes <c>hemoglobin_a1c</c>. They are kept,
/// so that a record costs no memory; of hostile files with endless names only the first ones are kept.
/// </summary>
internal static class UnlistedMetrics
{
    private const int MaxKept = 4096;
    private const int MaxBytes = 200;

    /// <summary>The unit of a value without one, where the metric that its name stands for has a unit.</summary>
    public const string NoUnit = "no unit";

    private static readonly ConcurrentDictionary<string, Metric> Kept = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Metric>.AlternateLookup<ReadOnlySpan<char>> Lookup = Kept.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns the metric of a name and a unit, both in UTF-8.</summary>
    public static Metric Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> unit)
    {
        Span<char> key = stackalloc char[(2 * MaxBytes) + 1];
        int length = Encoding.UTF8.GetChars(Cut(name), key);
        key[length++] = '\0';
        length += Encoding.UTF8.GetChars(Cut(unit), key[length..]);
        if (!Lookup.TryGetValue(key[..length], out Metric? metric))
        {
            string[] parts = key[..length].ToString().Split('\0', 2);
            string snake = ToSnakeCase(parts[0]);
            metric = Metrics.Unlisted(snake, parts[1].Length == 0 && Metrics.Find(snake) is not null ? NoUnit : parts[1]);
            if (Kept.Count < MaxKept)
            {
                Kept.TryAdd(key[..length].ToString(), metric);
            }
        }

        return metric;
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text) => text[..Json.ShortText.LengthOf(text, MaxBytes)];

    /// <summary>Writes letters and digits in lower case and one underscore for everything between them; text in brackets at the end is left out.</summary>
    private static string ToSnakeCase(string name)
    {
        int bracket = name.IndexOf('[', StringComparison.Ordinal);
        StringBuilder snake = new();
        foreach (char c in bracket > 0 ? name[..bracket] : name)
        {
            if (char.IsLetterOrDigit(c))
            {
                snake.Append(char.ToLowerInvariant(c));
            }
            else if (snake.Length > 0 && snake[^1] != '_')
            {
                snake.Append('_');
            }
        }

        string result = snake.ToString().TrimEnd('_');
        return result.Length == 0 ? "unnamed" : result;
    }
}
