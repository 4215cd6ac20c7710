using System.CommandLine;
using FastIngest;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Postgres;
using HealthIngestion.CommandLine;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Wires the command line to the reprocessing of stored records.</summary>
internal static class ReprocessCommand
{
    public static int Run(ReprocessSpec spec, ParseResult arguments)
    {
        bool isQuiet = arguments.GetValue(spec.Quiet);
        Log log = new(ErrorTerminal.Writer, arguments.GetValue(spec.LogFormat), isQuiet ? LogLevel.Error : arguments.GetValue(spec.LogLevel));
        string target = spec.Stored.Target(arguments);
        using StopSignal stop = new(log);
        try
        {
            ReprocessReport report = RunEngineAsync(spec, arguments, target, log, stop.Token).GetAwaiter().GetResult();
            report.Warnings.ToList().ForEach(log.Warning);
            Close(report, log);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            log.Notice("stopped", $"stopped by {stop.Name}; what was done stays done; run the same command again to go on");
            return stop.ExitCode;
        }
        catch (Exception fault)
        {
            return Faults.Explain(fault, log);
        }
    }

    private static async Task<ReprocessReport> RunEngineAsync(ReprocessSpec spec, ParseResult arguments, string target, Log log, CancellationToken cancellationToken)
    {
        PostgresReprocess database = Open(target, arguments.GetValue(spec.Stored.Schema)!, spec.Entries, arguments);
        LexiconGauges gauges = new();
        try
        {
            using StageLines? lines = log.Shows(LogLevel.Info) && arguments.GetValue(spec.Progress) != ProgressStyle.None ? new StageLines(gauges, log) : null;
            return await LexiconReprocess.RunAsync(
                database,
                arguments.GetValue(spec.Stored.Source),
                arguments.GetValue(spec.Stored.Workers),
                arguments.GetResult(spec.Entries.CleanBatch) is null ? 5_000 : arguments.GetValue(spec.Entries.CleanBatch),
                gauges,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await database.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static PostgresReprocess Open(string target, string schema, EntryOptionGroup options, ParseResult arguments)
    {
        try
        {
            int writeBatch = arguments.GetResult(options.WriteBatch) is null ? 10_000 : arguments.GetValue(options.WriteBatch);
            return new PostgresReprocess(target, schema, options.Policy(arguments), writeBatch);
        }
        catch (IngestException wrong)
        {
            throw new UsageException($"--to: {wrong.Message.TrimEnd('.')}. {wrong.Remedy.TrimEnd('.')}");
        }
    }

    private static void Close(ReprocessReport report, Log log)
    {
        long records = report.Sources.Sum(s => s.Result.Loaded);
        string sentence = $"{Figures.Count(records, "record")} in {Figures.Seconds(report.Elapsed)}: {Figures.Rate(Figures.PerSecond(records, report.Elapsed))} records/s, peak memory {Figures.Bytes(PeakMemory.Bytes())}";
        if (log.Format == LogFormat.Text)
        {
            FigureTable table = new(
                ["source", "records", "written", "unchanged", "duplicate", "below quality", "invalid", "removed"],
                [.. report.Sources.Select(IReadOnlyList<string> (s) =>
                [
                    s.Source,
                    Figures.Count(s.Result.Loaded),
                    Figures.Count(s.Result.Written),
                    Figures.Count(s.Result.Unchanged),
                    Figures.Count(s.Result.Duplicate),
                    Figures.Count(s.Result.BelowQuality),
                    Figures.Count(s.Result.Invalid),
                    Figures.Count(s.Removed),
                ])],
                LastIsText: false);
            log.Block(LogLevel.Info, "sources", $"\n{table.ToPlainText()}\n");
        }

        log.Info("done", sentence, json =>
        {
            json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
            json.WriteStartArray("sources");
            foreach (ReprocessedSource source in report.Sources)
            {
                json.WriteStartObject();
                json.WriteString("source", source.Source);
                LexiconStats.WriteResult(json, source.Result);
                json.WriteNumber("removed", source.Removed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
