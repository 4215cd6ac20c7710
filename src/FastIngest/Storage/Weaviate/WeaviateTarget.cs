using FastIngest.Delivery;
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
        Api = target => Api(ApiAddress.Parse(target.Name), HttpTuning.Default),
    };

    public static DeliveryApi Api(ApiAddress address, HttpTuning tuning) =>
        new(address.DisplayName, address.RequireLibraries, concurrency => new WeaviateApi(address, concurrency, tuning));
}
