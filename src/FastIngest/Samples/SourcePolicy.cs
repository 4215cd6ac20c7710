using System.Text;

namespace FastIngest.Samples;

/// <summary>
/// Says which source counts when several sources, such as a phone and a watch, report the same cumulative metric on a day.
/// </summary>
public sealed class SourcePolicy
{
    /// <summary>A longer name is compared as it is.</summary>
    private const int MaxFoldedBytes = 256;

    private readonly byte[][] _preferred;
    private readonly string[] _names;
    private readonly bool[] _isFound;

    private SourcePolicy(bool addsAll, IEnumerable<byte[]> preferred, string[] names, bool[] isFound)
    {
        (AddsAll, _names, _isFound) = (addsAll, names, isFound);
        _preferred = [.. preferred.Select(p => Fold(p, new byte[p.Length]).ToArray())];
    }

    /// <summary>The source with the largest sum of the day counts.</summary>
    public static SourcePolicy Largest { get; } = new(false, [], [], []);

    /// <summary>The sums of all sources are added.</summary>
    public static SourcePolicy Sum { get; } = new(true, [], [], []);

    /// <summary>Whether all sources count.</summary>
    public bool AddsAll { get; }

    /// <summary>The first of these sources that has samples of the day counts; if none has, the source with the largest sum.</summary>
    public static SourcePolicy Prefer(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return new SourcePolicy(false, all.Select(Encoding.UTF8.GetBytes), all, new bool[all.Length]);
    }

    /// <summary>The preferred sources among which no day had to choose so far: they do not occur, or nothing else reports what they report.</summary>
    public IEnumerable<string> NotFound => _names.Where((_, i) => !_isFound[i]);

    /// <summary>Returns the same policy for sources under other names.</summary>
    /// <param name="rename">Returns the new name of a source, both in UTF-8.</param>
    public SourcePolicy Renamed(Func<byte[], byte[]> rename) => new(AddsAll, _names.Select(n => rename(Encoding.UTF8.GetBytes(n))), _names, _isFound);

    /// <summary>The place of a source among the preferred ones, from 0; their number for any other source.</summary>
    public int RankOf(ReadOnlySpan<byte> source)
    {
        if (_preferred.Length == 0)
        {
            return 0;
        }

        Span<byte> folded = stackalloc byte[MaxFoldedBytes];
        ReadOnlySpan<byte> name = source.Length <= folded.Length ? Fold(source, folded) : source;
        int rank = 0;
        while (rank < _preferred.Length && !name.SequenceEqual(_preferred[rank]))
        {
            rank++;
        }

        if (rank < _preferred.Length)
        {
            _isFound[rank] = true;
        }

        return rank;
    }

    /// <summary>
    /// Writes a name as people type it. Apple puts a no-break space into "Apple Watch" and a typographic apostrophe before the s, which look the same on a screen.
    /// </summary>
    private static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> name, Span<byte> target)
    {
        int length = 0;
        while (!name.IsEmpty)
        {
            (int taken, byte typed) = name.StartsWith("\u00A0"u8) ? (2, (byte)' ') : name.StartsWith("\u202F"u8) ? (3, (byte)' ')
                : name.StartsWith("\u2019"u8) ? (3, (byte)'\'') : (1, name[0]);
            target[length++] = typed;
            name = name[taken..];
        }

        return target[..length];
    }
}
