using System.Globalization;
using FastIngest;
using FastIngest.Delivery;
using FastIngest.Embedding;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Runs;

/// <summary>Delivers to several APIs side by side; one that is slow or fails does not keep the others from their summaries.</summary>
internal static class Deliveries
{
    /// <summary>Checks, before anything is read or stored, that the libraries that the APIs need are installed.</summary>
    /// <param name="apis">The APIs.</param>
    /// <param name="hasOtherConnections">Whether the program also has connections to a database or to a server that input is read from.</param>
    /// <exception cref="IngestException">Something is not installed.</exception>
    public static void Prepare(IReadOnlyList<DeliveryApi> apis, bool hasOtherConnections)
    {
        foreach (DeliveryApi api in apis)
        {
            api.RequireLibraries();
        }

        if (apis.Count > 0 && !hasOtherConnections)
        {
            HandleResponsesWhereTheyArrive();
        }
    }

    /// <summary>The same for an embedding server.</summary>
    /// <exception cref="IngestException">Something is not installed.</exception>
    public static void Prepare(EmbeddingServer server, bool hasOtherConnections)
    {
        server.RequireLibraries();
        if (!hasOtherConnections)
        {
            HandleResponsesWhereTheyArrive();
        }
    }

    /// <summary>
    /// Makes the threads that wait for responses handle them, a fourth less work a post than a hand-over to the thread pool. What follows a
    /// response of an API never blocks. What follows one of PostgreSQL may: Npgsql ends a COPY with a blocking read, which would wait for this
    /// very thread for ever. .NET reads the setting only from the environment, when the first socket is made; what the user has set stays.
    /// </summary>
    private static void HandleResponsesWhereTheyArrive()
    {
        Default("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Default("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", Math.Clamp(Environment.ProcessorCount / 2, 1, 8).ToString(CultureInfo.InvariantCulture));

        static void Default(string name, string value) => Environment.SetEnvironmentVariable(name, Environment.GetEnvironmentVariable(name) ?? value);
    }

    /// <summary>Delivers to all APIs at once; the outcomes are in their order.</summary>
    public static async Task<List<DeliveryOutcome>> RunAsync(
        IReadOnlyList<DeliveryApi> apis, DeliveryOptions options, ProgressStyle progress, Log log, CancellationToken cancellationToken)
    {
        using DeliveryDisplay display = new(progress, log, apis.Count, DeliveryTerms.Delivery);
        return [.. await Task.WhenAll(apis.Select((api, i) => RunAsync(api, options, display.Deliveries[i], cancellationToken))).ConfigureAwait(false)];
    }

    /// <summary>Turns the summaries of a database into vectors.</summary>
    public static async Task<List<DeliveryOutcome>> EmbedAsync(EmbeddingWork work, ProgressStyle progress, Log log, CancellationToken cancellationToken)
    {
        (EmbeddingServer server, VectorSource database, EmbeddingOptions options) = work;
        using DeliveryDisplay display = new(progress, log, 1, DeliveryTerms.Embedding);
        try
        {
            EmbeddingReport report = await SummaryEmbedding.RunAsync(server, database, options, display.Deliveries[0], cancellationToken).ConfigureAwait(false);
            return [new DeliveryOutcome(server.DisplayName, report.Delivery, null, DeliveryTerms.Embedding) { Model = report.Model, Index = report.Index }];
        }
        catch (IngestException fault)
        {
            return [new DeliveryOutcome(server.DisplayName, null, fault, DeliveryTerms.Embedding)];
        }
    }

    /// <summary>Says what went wrong, and returns the exit code.</summary>
    public static int Close(IEnumerable<DeliveryOutcome> outcomes, Log log)
    {
        int code = ExitCode.Done;
        foreach (DeliveryOutcome outcome in outcomes)
        {
            if (outcome.Fault is { } fault)
            {
                log.Error(Faults.Line(fault));
                code = ExitCode.Failed;
                continue;
            }

            DeliveryReport report = outcome.Report!;
            if (report.Left > 0)
            {
                string reason = report.Problem ?? $"{report.Target}: {report.LastError}";
                string remedy = report.Vectors is null ? outcome.Terms.Remedy : "health_ingestion push --vectors delivers";
                log.Error($"{Figures.Count(report.Left, "summary", "summaries")} could not be {outcome.Terms.Done} and {(report.Left == 1 ? "stays" : "stay")} stored; {remedy} {(report.Left == 1 ? "it" : "them")}. {reason}");
            }

            if (report.Vectors is { Missing: > 0 } vectors)
            {
                log.Error($"{report.Target}: {(vectors.Missing == 1 ? "1 summary has no vector of its" : $"{Figures.Count(vectors.Missing)} summaries have no vector of their")} current text by {vectors.Model} and "
                    + $"{(vectors.Missing == 1 ? "was" : "were")} not sent{(vectors.Missing == 1 ? ":" : ", the first for")} {vectors.FirstMissing}. Run health_ingestion embed, then health_ingestion push --vectors.");
            }

            code = code == ExitCode.Done && !report.IsComplete ? ExitCode.Undelivered : code;
        }

        return code;
    }

    /// <summary>Writes the figures of a command that only delivers or embeds, says what went wrong, and returns the exit code.</summary>
    public static int Close(IReadOnlyList<DeliveryOutcome> outcomes, string? stats, Log log)
    {
        if (stats is not null)
        {
            StatsFile.Write(stats, Stats(outcomes));
        }

        if (log.Shows(LogLevel.Info))
        {
            ClosingWriter.Write(outcomes, log);
        }

        return Close(outcomes, log);
    }

    private static ReadOnlyMemory<byte> Stats(IReadOnlyList<DeliveryOutcome> outcomes) => StatsFile.Json(json =>
    {
        json.WriteNumber("cpu_seconds", Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 6));
        json.WriteNumber("peak_rss_bytes", PeakMemory.Bytes());
        DeliveryWords.Write(json, outcomes);
    });

    private static async Task<DeliveryOutcome> RunAsync(DeliveryApi api, DeliveryOptions options, IDeliveryProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return new DeliveryOutcome(api.DisplayName, await SummaryDelivery.RunAsync(api, options, progress, cancellationToken).ConfigureAwait(false), null, DeliveryTerms.Delivery);
        }
        catch (IngestException fault)
        {
            return new DeliveryOutcome(api.DisplayName, null, fault, DeliveryTerms.Delivery);
        }
    }
}
