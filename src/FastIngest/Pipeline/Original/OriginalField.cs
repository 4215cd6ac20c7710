using System.Text;

namespace FastIngest.Pipeline.Original;

/// <summary>A field whose name is none of its category's.</summary>
/// <param name="Name">The name in UTF-8, without escapes.</param>
/// <param name="Value">The value.</param>
internal readonly record struct OriginalField(ReadOnlyMemory<byte> Name, OriginalValue Value)
{
    private const int LongestName = 100;

    /// <summary>The name in reports, where long names are cut.</summary>
    public ReadOnlyMemory<byte> ShortName { get; } = Name.Length <= LongestName ? Name : Cut(Name.Span);

    private static byte[] Cut(ReadOnlySpan<byte> name)
    {
        List<byte> cut = [];
        foreach (Rune rune in Encoding.UTF8.GetString(name).EnumerateRunes())
        {
            byte[] bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (cut.Count + bytes.Length > LongestName)
                break;
            cut.AddRange(bytes);
        }

        return [.. cut, .. "…"u8];
    }
}
