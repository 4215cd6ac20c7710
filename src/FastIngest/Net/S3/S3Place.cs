using System.Net;

namespace FastIngest.Net.S3;

/// <summary>An object in S3.</summary>
/// <param name="service">The server.</param>
/// <param name="bucket">The name of the bucket.</param>
/// <param name="key">The key of the object.</param>
/// <param name="query">What is asked of the object, percent-encoded; empty for the object itself.</param>
internal sealed class S3Place(S3Service service, string bucket, string key, string query = "")
    : RemotePlace($"{RemotePath.S3}{bucket}/{key}", key[(key.LastIndexOf('/') + 1)..])
{
    public override Uri Uri => service.UriOf(bucket, key, query);

    public override void Authorize(HttpRequestMessage request, ReadOnlySpan<byte> body) => service.Sign(request, body);

    public override bool Learn(HttpResponseMessage response) => service.LearnRegion(response);

    public override (string Said, string Remedy) Explain(HttpStatusCode status, string body) =>
        service.Explain(status, body, "Check the name. To read all objects below a prefix, end it with a slash.");
}
