using System.Globalization;
using System.Net.Http.Headers;

namespace FastIngest.Net;

/// <summary>What tells one version of an object from another one.</summary>
/// <param name="Length">The size in bytes.</param>
/// <param name="Tag">The ETag with its quotes, and with <c>W/</c> if it is weak; null without one.</param>
/// <param name="Modified">When the object was last modified; null if its server does not say.</param>
internal sealed record ObjectVersion(long Length, string? Tag, DateTimeOffset? Modified)
{
    private bool IsStrong => Tag is not null && !Tag.StartsWith("W/", StringComparison.Ordinal);

    /// <summary>The ETag, else the time; empty if there is neither.</summary>
    public string Name => Tag ?? Modified?.ToString("O", CultureInfo.InvariantCulture) ?? "";

    public static ObjectVersion Of(HttpResponseMessage response, long length) => new(length, response.Headers.ETag?.ToString(), response.Content.Headers.LastModified);

    /// <summary>Asks a server for this version only. A weak ETag never matches there, so that the time stands in.</summary>
    public void Require(HttpRequestMessage request)
    {
        if (IsStrong)
        {
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(Tag!));
        }
        else
        {
            request.Headers.IfUnmodifiedSince = Modified;
        }
    }

    /// <summary>Whether a response may be of this version. A server need not name what it named before.</summary>
    public bool Fits(ObjectVersion other) =>
        Length == other.Length && (Tag is null || other.Tag is null ? Modified is null || other.Modified is null || Modified == other.Modified : Tag == other.Tag);
}
