using System.Text;

namespace FastIngest.Samples;

/// <summary>
/// Says which source counts when several sources, such as a phone and a watch, report the same cumulative metric on a day.
/// </summary>
public sealed class SourcePolicy
{
    private readonly byte[][] _preferred;

    private SourcePolicy(bool addsAll, IEnumerable<byte[]> preferred)
    {
        AddsAll = addsAll;
        _preferred = [.. preferred];
    }

    /// <summary>The source with the largest sum of the day counts.</summary>
    public static SourcePolicy Largest { get; } = new(false, []);

    /// <summary>The sums of all sources are added.</summary>
    public static SourcePolicy Sum { get; } = new(true, []);

    /// <summary>Whether all sources count.</summary>
    public bool AddsAll { get; }

    /// <summary>The first of these sources that has samples of the day counts; if none has, the source with the largest sum.</summary>
    public static SourcePolicy Prefer(IEnumerable<string> names) => new(false, names.Select(Encoding.UTF8.GetBytes));

    /// <summary>Returns the same policy for sources under other names.</summary>
    /// <param name="rename">Returns the new name of a source, both in UTF-8.</param>
    public SourcePolicy Renamed(Func<byte[], byte[]> rename) => new(AddsAll, _preferred.Select(rename));

    /// <summary>The place of a source among the preferred ones, from 0; their number for any other source.</summary>
    public int RankOf(ReadOnlySpan<byte> source)
    {
        int rank = 0;
        while (rank < _preferred.Length && !source.SequenceEqual(_preferred[rank]))
        {
            rank++;
        }

        return rank;
    }
}
