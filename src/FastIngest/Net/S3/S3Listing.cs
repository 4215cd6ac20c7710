using System.Globalization;
using System.Net;

namespace FastIngest.Net.S3;

/// <summary>An object of a listing.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Version">Its version.</param>
/// <param name="Written">When it was written, in UTC.</param>
internal sealed record S3Item(string Key, ObjectVersion Version, DateTime Written);

/// <summary>Lists the objects of a bucket whose keys begin with a prefix (ListObjectsV2), in the byte order of their keys.</summary>
internal static class S3Listing
{
    /// <summary>More objects are an error: they would fill the memory.</summary>
    private const int MaxObjects = 1_000_000, MaxPages = 10_000;

    /// <summary>A page has at most 1,000 objects.</summary>
    private const int MaxPageBytes = 8 << 20;

    /// <exception cref="IngestException">The bucket does not exist, or it cannot be listed.</exception>
    public static async Task<IReadOnlyList<S3Item>> ListAsync(RemoteClient client, S3Service service, string bucket, string prefix)
    {
        List<S3Item> items = [];
        string? next = null;
        int pages = 0;
        do
        {
            // In the order in which they are signed.
            string query = $"{(next is null ? "" : $"continuation-token={SigV4.Encode(next)}&")}list-type=2&prefix={SigV4.Encode(prefix)}";
            string page = await client.RetryAsync(new ListPlace(service, bucket, prefix, query), async (timer, _) =>
            {
                ListPlace place = new(service, bucket, prefix, query);
                using HttpResponseMessage response = await client.SendAsync(new RemoteTarget(place), HttpMethod.Get, null, default, _ => false, timer).ConfigureAwait(false);
                string xml = await RemoteClient.ExcerptAsync(response, MaxPageBytes, timer).ConfigureAwait(false);
                return xml.Contains("</ListBucketResult>", StringComparison.Ordinal) ? xml : throw new TransientFault("the listing is cut off or is none");
            }).ConfigureAwait(false);
            Read(page, items);
            string? token = S3Xml.TextOf(page, "IsTruncated") == "true" ? S3Xml.TextOf(page, "NextContinuationToken") : null;
            if (items.Count > MaxObjects || ++pages > MaxPages || (token is not null && token == next))
            {
                throw new IngestException(
                    $"{RemotePath.S3}{bucket}/{prefix} has more than {MaxObjects} objects, or its listing does not end.", "Name longer prefixes.");
            }

            next = token;
        }
        while (next is not null);
        return items;
    }

    private static void Read(string page, List<S3Item> items)
    {
        for (int position = 0; S3Xml.TryFind(page, "Contents", ref position, out ReadOnlySpan<char> item);)
        {
            if (S3Xml.TextOf(item, "Key") is { } key && long.TryParse(S3Xml.TextOf(item, "Size"), CultureInfo.InvariantCulture, out long size) && size >= 0)
            {
                _ = DateTime.TryParse(S3Xml.TextOf(item, "LastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTime written);
                items.Add(new S3Item(key, new ObjectVersion(size, TagOf(S3Xml.TextOf(item, "ETag")), null), written));
            }
        }
    }

    /// <summary>The ETag as a header has it, in quotes.</summary>
    private static string? TagOf(string? text)
    {
        string? bare = text?.Trim('"');
        return string.IsNullOrEmpty(bare) || !bare.All(c => c is > ' ' and < '\x7f' and not '"') ? null : $"\"{bare}\"";
    }

    private sealed class ListPlace(S3Service service, string bucket, string prefix, string query) : RemotePlace($"{RemotePath.S3}{bucket}/{prefix}", "")
    {
        public override Uri Uri => service.UriOf(bucket, "", query);

        public override void Authorize(HttpRequestMessage request, ReadOnlySpan<byte> body) => service.Sign(request, body);

        public override bool Learn(HttpResponseMessage response) => service.LearnRegion(response);

        public override (string Said, string Remedy) Explain(HttpStatusCode status, string body) => service.Explain(status, body, "Check the name of the bucket.");
    }
}
