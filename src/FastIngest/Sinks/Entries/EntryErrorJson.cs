using System.Numerics;
using System.Text;
using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>The errors of an entry as a JSON array of their names: <c>["definition_missing", "ipa_long"]</c>.</summary>
internal static class EntryErrorJson
{
    private static readonly byte[]?[] Known = new byte[1 << EntryErrorNames.All.Count][];

    public static ReadOnlySpan<byte> Of(EntryErrors errors) => Known[(int)errors] ??= Make((int)errors);

    private static byte[] Make(int errors)
    {
        List<string> names = [];
        for (int rest = errors; rest != 0; rest &= rest - 1)
        {
            names.Add($"\"{EntryErrorNames.All[BitOperations.TrailingZeroCount(rest)]}\"");
        }

        return Encoding.UTF8.GetBytes($"[{string.Join(", ", names)}]");
    }
}
