using System.CommandLine;
using System.Diagnostics;
using FastIngest.Generate;
using FastIngest.Generate.Entries;
using FastIngest.Pipeline;
using HealthIngestion.CommandLine;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Wires the command line to the generator of trial data.</summary>
internal static class GenerateCommand
{
    private const long DefaultBytes = 100_000_000;

    public static int Run(GenerateSpec spec, ParseResult arguments)
    {
        LogLevel level = arguments.GetValue(spec.Quiet) ? LogLevel.Error : arguments.GetValue(spec.LogLevel);
        Log log = new(ErrorTerminal.Writer, arguments.GetValue(spec.LogFormat), level);
        using StopSignal stop = new(log);
        try
        {
            long started = Stopwatch.GetTimestamp();
            DataKind kind = arguments.GetValue(spec.Kind);
            Check(spec, kind, arguments);
            GeneratorResult result = kind == DataKind.Lexicon
                ? EntryGenerator.Generate(BindEntries(spec, arguments), new ByteLines(log), stop.Token)
                : DataSetGenerator.Generate(Bind(spec, arguments), new ByteLines(log), stop.Token);
            Close(result, kind, arguments.GetValue(spec.Directory)!, arguments.GetValue(spec.Seed), Stopwatch.GetElapsedTime(started), log);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            log.Notice("stopped", $"stopped by {stop.Name}; the data set is incomplete; run the same command again");
            return stop.ExitCode;
        }
        catch (Exception fault)
        {
            return Faults.Explain(fault, log);
        }
    }

    private static void Check(GenerateSpec spec, DataKind kind, ParseResult arguments)
    {
        DataKind other = kind == DataKind.Lexicon ? DataKind.Health : DataKind.Lexicon;
        Option? wrong = spec.OptionsOf(other).FirstOrDefault(o => arguments.GetResult(o) is { Implicit: false });
        if (wrong is not null)
        {
            throw new UsageException($"{wrong.Name} is for --kind {other.ToString().ToLowerInvariant()} alone");
        }
    }

    private static EntryOptions BindEntries(GenerateSpec spec, ParseResult arguments)
    {
        EntryOptions options = new() { Directory = arguments.GetValue(spec.Directory)! };
        return options with
        {
            Entries = arguments.GetValue(spec.Entries) ?? options.Entries,
            MeanBytes = (int)(arguments.GetValue(spec.EntrySize) ?? options.MeanBytes),
            Seed = arguments.GetValue(spec.Seed),
            QuirkRate = arguments.GetValue(spec.Quirks),
        };
    }

    private static GeneratorOptions Bind(GenerateSpec spec, ParseResult arguments)
    {
        long? size = arguments.GetValue(spec.Size);
        int? users = arguments.GetValue(spec.Users);
        int? days = arguments.GetValue(spec.Days);
        return new GeneratorOptions
        {
            Directory = arguments.GetValue(spec.Directory)!,
            TotalBytes = size ?? (users is null && days is null ? DefaultBytes : null),
            Users = users,
            Days = days,
            Seed = arguments.GetValue(spec.Seed),
            Style = arguments.GetValue(spec.Style),
            QuirkRate = arguments.GetValue(spec.Quirks),
        };
    }

    private static void Close(GeneratorResult result, DataKind kind, string directory, ulong seed, TimeSpan elapsed, Log log)
    {
        long bytes = result.Files.Sum(f => f.Bytes);
        long records = result.Files.Sum(f => f.Records);
        FigureTable table = new(
            ["file", "size", "records"],
            [.. result.Files.Select(IReadOnlyList<string> (f) => [f.Path, Figures.Bytes(f.Bytes), Figures.Count(f.Records)])],
            LastIsText: false);
        if (log.Format == LogFormat.Text)
        {
            log.Block(LogLevel.Info, "files", table.ToPlainText());
        }

        HashSet<string> made = [.. result.Files.Select(f => Path.GetFileName(f.Path))];
        string[] others = [.. Directory.GetFiles(directory)
            .Select(f => Path.GetFileName(f))
            .Where(f => kind == DataKind.Health && HealthFileNames.IsRead(f) && !made.Contains(f))
            .Order(StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            log.Warning($"{directory} also holds {others[0]}{(others.Length > 1 ? $" and {others.Length - 1} more" : "")}, which would be read with this data set; remove what is left of another one");
        }

        string next = kind == DataKind.Health ? $"; next: health_ingestion {directory}" : "";
        log.Info(
            "done",
            $"{Figures.Bytes(bytes)}, {Figures.Count(records, "record")}, seed {seed}, in {Figures.Seconds(elapsed)}{next}",
            json =>
            {
                json.WriteNumber("files", result.Files.Count);
                json.WriteNumber("bytes", bytes);
                json.WriteNumber("records", records);
                json.WriteNumber("elapsed_seconds", Math.Round(elapsed.TotalSeconds, 6));
            });
    }

    /// <summary>A line every two seconds on how much has been written so far.</summary>
    private sealed class ByteLines(Log log) : IProgress<long>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

        private readonly Lock _lock = new();
        private long _lastLine = Stopwatch.GetTimestamp();

        public void Report(long value)
        {
            lock (_lock)
            {
                if (Stopwatch.GetElapsedTime(_lastLine) >= Pause)
                {
                    _lastLine = Stopwatch.GetTimestamp();
                    log.Info("progress", $"written {Figures.Bytes(value)}", json => json.WriteNumber("bytes", value));
                }
            }
        }
    }
}
