using System.CommandLine;
using FastIngest.Embedding;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options of commands that ask an embedding server.</summary>
/// <param name="model">The description of <c>--model</c>.</param>
internal sealed class EmbeddingOptionGroup(string model)
{
    /// <summary>The environment variable that names the server.</summary>
    public const string UrlVariable = "EMBEDDING_URL";

    public Option<string?> Api { get; } = new("--api")
    {
        HelpName = "URL",
        Description = "the embedding server, http(s)://HOST:PORT or the URL of its /v1/embeddings (default: $EMBEDDING_URL)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> Model { get; } = new("--model")
    {
        HelpName = "NAME",
        Description = model,
        CustomParser = Values.NotEmpty,
    };

    public Option<int?> Dimensions { get; } = new("--dimensions")
    {
        HelpName = "N",
        Description = "how many numbers a vector shall have, for models that can shorten it (default: those of the model)",
        CustomParser = result => Values.Integer(1, EmbeddingModel.MaxDimensions)(result),
    };

    /// <summary>What the environment says of embedding servers.</summary>
    public static HelpLine[] Environment =>
    [
        new(UrlVariable, "the embedding server when no --api is given"),
        new("EMBEDDING_TOKEN", "sent as Authorization: Bearer to the server of $EMBEDDING_URL, or to that of --api without it; API_TOKEN_HOST is the token of one host, and NAME_FILE names a file that holds it"),
        new("HTTP_PROXY, HTTPS_PROXY", "the proxy to reach a server through, else ALL_PROXY; NO_PROXY lists the hosts that need none"),
    ];
}
