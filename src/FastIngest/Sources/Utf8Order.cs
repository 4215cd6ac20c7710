using System.Text;

namespace FastIngest.Sources;

/// <summary>Compares texts by their UTF-8 bytes.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        int common = x.AsSpan().CommonPrefixLength(y);
        bool isPrefix = common == x!.Length || common == y!.Length;
        bool isPlain = isPrefix ? common == 0 || !char.IsSurrogate(x[common - 1]) : !char.IsSurrogate(x[common]) && !char.IsSurrogate(y![common]);

        // Only characters that take two places in a string have another order in UTF-8. Paths rarely have one, and a sort of many files compares them often.
        return !isPlain ? Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!)) : isPrefix ? x.Length.CompareTo(y!.Length) : x[common].CompareTo(y![common]);
    }
}
