using FastIngest.Delivery;
using FastIngest.Net;
using FastIngest.Targets;

namespace FastIngest.Storage.Http;

/// <summary>The target of an API that accepts one summary per <c>POST</c>.</summary>
internal static class HttpTarget
{
    public static TargetKind Kind { get; } = new()
    {
        Prefixes = ApiAddress.Prefixes(ApiKind.Ingest),
        Forms = ["http(s)://HOST/PATH"],
        Erasure = (target, options) => new HttpErasure(ApiAddress.Parse(target.Name, options.IsOnlyApi), options.DeleteUrl, HttpTuning.Default),
        Api = (target, options) => Api(ApiAddress.Parse(target.Name, options.IsOnlyApi), HttpTuning.Default),
    };

    public static DeliveryApi Api(ApiAddress address, HttpTuning tuning) =>
        new(address.DisplayName, address.RequireLibraries, options => new IngestApi(address, options, tuning));
}
