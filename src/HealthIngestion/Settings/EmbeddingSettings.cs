using System.CommandLine;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Storage.Embeddings;
using FastIngest.Targets;
using HealthIngestion.Exit;
using HealthIngestion.Options;

namespace HealthIngestion.Settings;

/// <summary>What embedding needs.</summary>
/// <param name="Server">The embedding server.</param>
/// <param name="Database">The database with the summaries.</param>
/// <param name="Options">The limits and the model.</param>
internal sealed record EmbeddingWork(EmbeddingServer Server, VectorSource Database, EmbeddingOptions Options);

/// <summary>Which embedding server a command line asks for.</summary>
internal static class EmbeddingSettings
{
    /// <summary>Returns the server of <c>--api</c>, else that of the environment; null without both.</summary>
    /// <exception cref="UsageException">The URL, the token or the proxy is wrong.</exception>
    public static EmbeddingServer? ServerOf(EmbeddingOptionGroup options, ParseResult arguments)
    {
        string? given = arguments.GetValue(options.Api);
        string? url = given ?? Environment.GetEnvironmentVariable(EmbeddingOptionGroup.UrlVariable);
        return string.IsNullOrEmpty(url) ? null : ServerOf(given is null ? "$" + EmbeddingOptionGroup.UrlVariable : "--api", url);
    }

    /// <summary>Returns what <c>--embed</c> of a run asks for; null when it is not given, or nothing is stored.</summary>
    /// <exception cref="UsageException">The URL, the token or the proxy is wrong, or the run has no database.</exception>
    public static EmbeddingWork? WorkOf(HealthOptions spec, ParseResult arguments, Target? database, DeliveryOptions? delivery, bool isDryRun)
    {
        if (arguments.GetValue(spec.Embed) is not { } url)
        {
            return arguments.GetValue(spec.EmbedModel) is null ? null : throw new UsageException("--embed-model needs --embed URL");
        }

        EmbeddingServer server = ServerOf("--embed", url);
        if (database is null || delivery is null)
        {
            throw new UsageException($"--embed needs a database: use {FastIngest.Storage.TargetRegistry.All.JoinForms(TargetCapability.Vectors)} with --to");
        }

        EmbeddingOptions options = new() { Model = arguments.GetValue(spec.EmbedModel), Delivery = delivery with { Success = [] } };
        return isDryRun ? null : new EmbeddingWork(server, database.CreateVectorSource(new TargetOptions { Schema = arguments.GetValue(spec.Schema) }), options);
    }

    /// <exception cref="UsageException">The URL, the token or the proxy is wrong.</exception>
    private static EmbeddingServer ServerOf(string source, string url) => Faults.AsUsage(source, () => EmbeddingTarget.ServerOf(url));
}
