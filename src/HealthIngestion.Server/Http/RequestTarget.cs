using System.Diagnostics.CodeAnalysis;

namespace HealthIngestion.Server.Http;

/// <summary>The path and the query of a request, decoded part by part, so that an encoded slash in a user id does not end a part.</summary>
/// <param name="Path">The parts of the path, without empty ones at its end.</param>
/// <param name="Query">The parameters of the query; each once.</param>
internal sealed record RequestTarget(IReadOnlyList<string> Path, IReadOnlyDictionary<string, string> Query)
{
    /// <summary>Reads a target as it stands in the request line; false if it is no path, or a parameter is there twice.</summary>
    public static bool TryParse(string raw, [NotNullWhen(true)] out RequestTarget? target)
    {
        target = null;
        if (!raw.StartsWith('/'))
        {
            return false;
        }

        int mark = raw.IndexOf('?', StringComparison.Ordinal);
        Dictionary<string, string> query = new(StringComparer.Ordinal);
        foreach (string pair in mark < 0 ? [] : raw[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = Decode(equals < 0 ? pair : pair[..equals]), value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            if (!query.TryAdd(name, value))
            {
                return false;
            }
        }

        string[] path = (mark < 0 ? raw : raw[..mark])[1..].Split('/');
        target = new RequestTarget([.. path.Select(Uri.UnescapeDataString)], query);
        return true;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
