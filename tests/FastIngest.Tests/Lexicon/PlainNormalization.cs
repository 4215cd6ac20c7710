using System.Text;
using FastIngest.Lexicon.Unicode;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon;

/// <summary>
/// Normalization form C by its definition (Unicode 3.11), with dictionaries and nothing clever: decompose everything,
/// order the marks, compose. The data is the library's, whose truth the normalization test shows.
/// </summary>
internal static class PlainNormalization
{
    private static readonly Dictionary<int, int[]> Decompositions = Hangul().Concat(Listed()).ToDictionary(d => d.CodePoint, d => d.Parts);

    private static readonly Dictionary<(int First, int Second), int> Compositions = Decompositions
        .Where(d => d.Value.Length == 2 && ClassOf(d.Key) == 0 && ClassOf(d.Value[0]) == 0 && !NormalizationData.Excluded.Contains(d.Key))
        .ToDictionary(d => (d.Value[0], d.Value[1]), d => d.Key);

    public static string Nfc(string text)
    {
        List<int> codePoints = [.. text.EnumerateRunes().SelectMany(r => Decompose(r.Value))];

        // A mark before one of a lower class: exchange them, until there is none.
        for (int i = 1; i < codePoints.Count; i++)
        {
            if (ClassOf(codePoints[i]) != 0 && ClassOf(codePoints[i - 1]) > ClassOf(codePoints[i]))
            {
                (codePoints[i - 1], codePoints[i]) = (codePoints[i], codePoints[i - 1]);
                i = Math.Max(0, i - 2);
            }
        }

        for (int i = 1; i < codePoints.Count; i++)
        {
            int starter = i - 1;
            while (starter >= 0 && ClassOf(codePoints[starter]) != 0)
            {
                starter--;
            }

            bool isBlocked = starter < 0 || codePoints[(starter + 1)..i].Any(c => ClassOf(c) == 0 || ClassOf(c) >= ClassOf(codePoints[i]));
            if (!isBlocked && Compositions.TryGetValue((codePoints[starter], codePoints[i]), out int composite))
            {
                codePoints[starter] = composite;
                codePoints.RemoveAt(i);
                i--;
            }
        }

        return string.Concat(codePoints.Select(c => new Rune(c).ToString()));
    }

    private static IEnumerable<int> Decompose(int codePoint) =>
        Decompositions.TryGetValue(codePoint, out int[]? parts) ? parts.SelectMany(Decompose) : [codePoint];

    private static int ClassOf(int codePoint) => CanonicalMapping.ClassOf(codePoint) is var c && c == CanonicalMapping.UnquietStarter ? 0 : c;

    private static IEnumerable<(int CodePoint, int[] Parts)> Listed()
    {
        for (int i = 0; i < NormalizationData.Decompositions.Length; i += 3)
        {
            int[] parts = [.. NormalizationData.Decompositions.Slice(i + 1, 2)];
            yield return (NormalizationData.Decompositions[i], parts[1] == 0 ? [parts[0]] : parts);
        }
    }

    private static IEnumerable<(int CodePoint, int[] Parts)> Hangul()
    {
        int syllable = 0xAC00;
        for (int l = 0x1100; l < 0x1113; l++)
        {
            for (int v = 0x1161; v < 0x1176; v++)
            {
                int pair = syllable++;
                yield return (pair, [l, v]);
                for (int t = 0x11A8; t < 0x11C3; t++)
                {
                    yield return (syllable++, [pair, t]);
                }
            }
        }
    }
}
