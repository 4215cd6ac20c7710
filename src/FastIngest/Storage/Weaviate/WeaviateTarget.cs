using FastIngest.Delivery;
using FastIngest.Net;
using FastIngest.Storage.Http;
using FastIngest.Targets;

namespace FastIngest.Storage.Weaviate;

/// <summary>The target of a class on a Weaviate server.</summary>
internal static class WeaviateTarget
{
    public static TargetKind Kind { get; } = new()
    {
        Prefixes = ApiAddress.Prefixes(ApiKind.Weaviate),
        Forms = ["weaviate(s)://HOST/CLASS"],
        Erasure = (target, options) => new WeaviateErasure(ApiAddress.Parse(target.Name, options.IsOnlyApi), HttpTuning.Default),
        Api = (target, options) => Api(ApiAddress.Parse(target.Name, options.IsOnlyApi), HttpTuning.Default),
    };

    public static DeliveryApi Api(ApiAddress address, HttpTuning tuning) =>
        new(address.DisplayName, address.RequireLibraries, options => new WeaviateApi(address, options, tuning)) { TakesVectors = true };
}
