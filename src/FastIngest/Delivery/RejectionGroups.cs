using System.Text.RegularExpressions;

namespace FastIngest.Delivery;

/// <summary>Rejected summaries that an API rejected for the same reason.</summary>
/// <param name="Reason">The error that the API returned for the first of them.</param>
/// <param name="Summaries">The number of summaries.</param>
/// <param name="UserId">The user of the first one in key order.</param>
/// <param name="Date">Its day, <c>YYYY-MM-DD</c>.</param>
public sealed record RejectionGroup(string Reason, long Summaries, string UserId, string Date);

/// <summary>
/// Groups rejected summaries by reason. Reasons that differ only in words with digits, such as ids and dates, or in long
/// quoted texts, which repeat the request, are the same. The number of groups is bounded.
/// </summary>
internal sealed partial class RejectionGroups
{
    /// <summary>Summaries with further reasons are not grouped.</summary>
    private const int MaxGroups = 1000;

    private readonly Dictionary<string, RejectionGroup> _groups = new(StringComparer.Ordinal);

    public void Clear() => _groups.Clear();

    public void Add(string userId, string date, string reason)
    {
        string key = KeyOf(reason);
        if (_groups.TryGetValue(key, out RejectionGroup? group))
        {
            _groups[key] = group with { Summaries = group.Summaries + 1 };
        }
        else if (_groups.Count < MaxGroups)
        {
            _groups.Add(key, new RejectionGroup(reason, 1, userId, date));
        }
    }

    /// <summary>Returns the groups with the most summaries.</summary>
    public IReadOnlyList<RejectionGroup> Largest(int max) =>
        [.. _groups.Values.OrderByDescending(g => g.Summaries).ThenBy(g => g.UserId, StringComparer.Ordinal).ThenBy(g => g.Date, StringComparer.Ordinal).Take(max)];

    /// <summary>The reason without what differs from summary to summary; the status code at its start remains.</summary>
    private static string KeyOf(string reason)
    {
        int start = Math.Min(3, reason.Length);
        return reason[..start] + WordWithDigit().Replace(LongText().Replace(reason[start..], "…"), "#");
    }

    /// <summary>A quoted text of 24 characters or more, or one that is cut off.</summary>
    [GeneratedRegex("""\"(?:[^"\\]|\\.){24,}(?:\"|$)""", RegexOptions.CultureInvariant)]
    private static partial Regex LongText();

    [GeneratedRegex("""[\w-]*\d[\w-]*""", RegexOptions.CultureInvariant)]
    private static partial Regex WordWithDigit();
}
