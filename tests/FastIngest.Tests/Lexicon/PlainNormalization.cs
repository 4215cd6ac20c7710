using System.Text;
using FastIngest.Lexicon.Unicode;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon;

/// <summary>
/// A direct implementation of the definition of normalization form C (Unicode 3.11) with dictionaries: decompose all code
/// points, order the marks, compose. It uses the library's data, which Unicode's normalization test verifies.
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

        // Exchange neighbouring marks until no mark precedes one of a lower class.
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

    private static int ClassOf(int codePoint) => CanonicalMapping.ClassOf(codePoint) is var c && c == CanonicalMapping.NonInertStarter ? 0 : c;

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
