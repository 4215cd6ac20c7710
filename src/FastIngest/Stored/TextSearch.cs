using System.Buffers;
using System.Diagnostics;
using System.Text;
using FastIngest.Health;

namespace FastIngest.Stored;

/// <summary>A search for words in summary texts.</summary>
/// <param name="Words">Texts that a summary must contain, all of them, in any order and in any case.</param>
/// <param name="Query">Selects the summaries that are looked at.</param>
public sealed record TextQuery(IReadOnlyList<string> Words, SummaryQuery Query)
{
    /// <summary>Splits a text at white space; what stands in double quotes is one word.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> words = [];
        string[] parts = text.Split('"');
        for (int i = 0; i < parts.Length; i++)
        {
            words.AddRange(i % 2 == 0 ? parts[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : parts[i].Trim() is { Length: > 0 } phrase ? [phrase] : []);
        }

        return words;
    }
}

/// <param name="UserId">The user.</param>
/// <param name="Day">The day.</param>
/// <param name="Summary">The text.</param>
public sealed record TextHit(string UserId, DateOnly Day, string Summary);

/// <param name="Hits">The hits, ordered by user id (UTF-8 bytes) and day.</param>
/// <param name="Last">Where the next search goes on; null if all summaries were looked at.</param>
public sealed record TextHits(IReadOnlyList<TextHit> Hits, SummaryKey? Last);

/// <summary>Looks for words in the stored summaries, one after another. There is no index of words, so that the time for a search is bounded instead.</summary>
public static class TextSearch
{
    /// <summary>Looks for hits until there are enough, or the time is over.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="search">What is looked for.</param>
    /// <param name="limit">The most hits.</param>
    /// <param name="time">How long summaries are looked at.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async ValueTask<TextHits> RunAsync(ISummaryReader reader, TextQuery search, int limit, TimeSpan time, CancellationToken cancellationToken)
    {
        List<TextHit> hits = [];
        long start = Stopwatch.GetTimestamp();
        char[] text = ArrayPool<char>.Shared.Rent(4096);
        try
        {
            await foreach (SummaryBatch page in reader.ReadAsync(search.Query with { Content = SummaryContent.TextOnly }, cancellationToken).ConfigureAwait(false))
            {
                for (int i = 0; i < page.RowCount; i++)
                {
                    ReadOnlySpan<byte> summary = page.Text(page.Rows[i].Texts[TextSlot.Summary]);
                    if (text.Length < summary.Length)
                    {
                        ArrayPool<char>.Shared.Return(text);
                        text = ArrayPool<char>.Shared.Rent(summary.Length);
                    }

                    if (!Has(text.AsSpan(0, Encoding.UTF8.GetChars(summary, text)), search.Words))
                    {
                        continue;
                    }

                    TextHit hit = new(UserId(page, i), DateOnly.FromDayNumber(page.Rows[i].Day), Encoding.UTF8.GetString(summary));
                    hits.Add(hit);
                    if (hits.Count == limit)
                    {
                        return new TextHits(hits, new SummaryKey(hit.UserId, hit.Day));
                    }
                }

                if (Stopwatch.GetElapsedTime(start) >= time)
                {
                    return new TextHits(hits, new SummaryKey(UserId(page, page.RowCount - 1), DateOnly.FromDayNumber(page.Rows[^1].Day)));
                }
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }

        return new TextHits(hits, null);
    }

    private static string UserId(SummaryBatch page, int row) => Encoding.UTF8.GetString(page.Text(page.Rows[row].Texts[TextSlot.UserId]));

    private static bool Has(ReadOnlySpan<char> text, IReadOnlyList<string> words)
    {
        foreach (string word in words)
        {
            if (!text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
