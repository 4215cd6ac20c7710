using System.Collections.Concurrent;
using System.Text;

namespace FastIngest.Dialects.OpenMHealth;

/// <summary>The names of schemas as strings, so that a record costs no memory; of hostile files with endless names only the first ones are kept.</summary>
internal static class SchemaNames
{
    private const int MaxKept = 1024;

    private static readonly ConcurrentDictionary<string, string> Kept = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Kept.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns a name of at most 100 bytes.</summary>
    public static string Of(ReadOnlySpan<byte> name)
    {
        Span<char> chars = stackalloc char[name.Length];
        chars = chars[..Encoding.UTF8.GetChars(name, chars)];
        if (Lookup.TryGetValue(chars, out string? known))
        {
            return known;
        }

        string text = chars.ToString();
        if (Kept.Count < MaxKept)
        {
            Kept.TryAdd(text, text);
        }

        return text;
    }
}
