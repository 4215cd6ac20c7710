using System.CommandLine;
using FastIngest.Delivery;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Wires the command line to the delivery of what is stored.</summary>
internal static class PushCommand
{
    public static int Run(PushSpec spec, ParseResult arguments)
    {
        bool isQuiet = arguments.GetValue(spec.Quiet);
        string? stats = arguments.GetValue(spec.StatsJson);
        DeliveryApi[] apis = Apis(arguments.GetValue(spec.To));
        DeliveryOptions options = new()
        {
            From = From(arguments.GetValue(spec.From)).CreateDeliverySource(new TargetOptions { Schema = arguments.GetValue(spec.Schema) }),
            Concurrency = arguments.GetValue(spec.Concurrency),
            WaitForApi = arguments.GetValue(spec.WaitForApi),
            RetryRefused = arguments.GetValue(spec.RetryRefused),
        };
        ProgressStyle progress = isQuiet ? ProgressStyle.None : arguments.GetValue(spec.Progress);
        Log log = new(ErrorTerminal.Writer, arguments.GetValue(spec.LogFormat), isQuiet ? LogLevel.Error : arguments.GetValue(spec.LogLevel));
        using StopSignal stop = new(log);
        try
        {
            StatsFile.RefuseMissingDirectory(stats);
            Deliveries.Prepare(apis);
            List<DeliveryOutcome> outcomes = Deliveries.RunAsync(apis, options, progress, log, stop.Token).GetAwaiter().GetResult();
            if (stats is not null)
            {
                StatsFile.Write(stats, Stats(outcomes));
            }

            if (log.Shows(LogLevel.Info))
            {
                ClosingWriter.Write(outcomes, log);
            }

            return Deliveries.Close(outcomes, log);
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            log.Notice("stopped", $"stopped by {stop.Name}; what was delivered is marked; run the same command again for the rest");
            return stop.ExitCode;
        }
        catch (Exception fault)
        {
            return Faults.Explain(fault, log);
        }
    }

    private static Target From(string? given) =>
        given is null ? Targets.DefaultDatabase() : Targets.Parse("--from", given, TargetCapability.Outbox);

    private static DeliveryApi[] Apis(string[]? given)
    {
        DeliveryApi[] apis = Targets.ReadApis([.. (given ?? []).Select(name => Targets.Parse("--to", name, TargetCapability.Api))]);
        return apis.Length > 0
            ? apis
            : throw new UsageException($"there is no API to deliver to: give --to {TargetRegistry.All.JoinForms(TargetCapability.Api)}, or set API_URL");
    }

    private static ReadOnlyMemory<byte> Stats(IReadOnlyList<DeliveryOutcome> outcomes) => StatsFile.Json(json =>
    {
        json.WriteNumber("cpu_seconds", Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 6));
        json.WriteNumber("peak_rss_bytes", PeakMemory.Bytes());
        DeliveryWords.Write(json, outcomes);
    });
}
