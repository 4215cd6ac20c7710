using System.Globalization;
using System.Text;
using FastIngest.Stored;

namespace HealthIngestion.Server.Api;

/// <summary>A parameter of a query is wrong; the message says which and why, for the client.</summary>
internal sealed class ParameterException(string message) : Exception(message);

/// <summary>The parameters of a query. Each must be known: a misspelt one would change nothing, and nobody would notice.</summary>
internal sealed class Parameters
{
    private const int MaxRows = 1000;

    private readonly IReadOnlyDictionary<string, string> _query;

    /// <param name="query">The parameters of the request.</param>
    /// <param name="known">The names that the resource knows.</param>
    /// <exception cref="ParameterException">A parameter is unknown.</exception>
    public Parameters(IReadOnlyDictionary<string, string> query, params string[] known)
    {
        _query = query;
        if (query.Keys.FirstOrDefault(k => !known.Contains(k, StringComparer.Ordinal)) is { } unknown)
        {
            throw new ParameterException($"Unknown parameter {unknown}; known are {string.Join(", ", known)}.");
        }
    }

    public string? Text(string name) => _query.TryGetValue(name, out string? text) && text.Length > 0 ? text : null;

    public DateOnly? Day(string name) => Text(name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day
        : throw new ParameterException($"{name} is not a day such as 2024-01-31.");

    /// <summary>The most rows of a page.</summary>
    public int Limit(int usual) => Text("limit") is not { } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MaxRows ? limit
        : throw new ParameterException($"limit is not a whole number from 1 to {MaxRows}.");

    /// <summary>The place after which a page begins; null for the first page.</summary>
    public SummaryKey? Cursor()
    {
        if (Text("cursor") is not { } text)
        {
            return null;
        }

        try
        {
            string key = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=')));
            return new SummaryKey(key[10..], DateOnly.ParseExact(key[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new ParameterException("cursor is not one that this server gave.");
        }
    }

    /// <summary>Returns the parameter <c>cursor</c> for the page after a place.</summary>
    public static string CursorOf(SummaryKey key) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(key.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + key.UserId)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
