using System.CommandLine;
using System.Diagnostics;
using FastIngest.Generate;
using FastIngest.Generate.Entries;
using FastIngest.Generate.Exports;
using FastIngest.Pipeline.HealthData;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Progress;
using HealthIngestion.Runs;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>What <c>generate</c> makes: the export of a program, a dictionary, or else the seven files of health records.</summary>
internal sealed record DataKind(bool IsLexicon = false, ExportProgram? Export = null)
{
    public static readonly DataKind Health = new();
    public static readonly DataKind Lexicon = new(IsLexicon: true);
}

/// <summary>Makes trial data.</summary>
internal sealed class GenerateCommand : ICommand
{
    public const string Name = "generate";

    private const long DefaultBytes = 100_000_000;

    /// <summary>A data set of more files is described by the names of these and the sum of the others.</summary>
    private const int MaxNamedFiles = 20;

    public Argument<string> Target { get; } = new("DIR")
    {
        Description = "directory for the files; created if it does not exist",
        Arity = ArgumentArity.ExactlyOne,
    };

    public ChoiceOption<DataKind> Kind { get; } = new(
        "--kind",
        ("health", DataKind.Health),
        ("apple", new(Export: ExportProgram.Apple)),
        ("fitbit", new(Export: ExportProgram.Fitbit)),
        ("google-fit", new(Export: ExportProgram.GoogleFit)),
        ("health-auto-export", new(Export: ExportProgram.HealthAutoExport)),
        ("fhir", new(Export: ExportProgram.Fhir)),
        ("open-mhealth", new(Export: ExportProgram.OpenMHealth)),
        ("garmin", new(Export: ExportProgram.Garmin)),
        ("lexicon", DataKind.Lexicon))
    {
        HelpName = "KIND",
        Description = "health; the exports of apple, fitbit, google-fit, health-auto-export, fhir, open-mhealth or garmin; or lexicon, a dictionary dump (default: health)",
    };

    public Option<long?> Entries { get; } = new("--entries")
    {
        HelpName = "N",
        Description = "lexicon: number of entries (default: 200000)",
        CustomParser = r => Values.Integer(0, int.MaxValue)(r),
    };

    public Option<long?> EntrySize { get; } = new("--entry-size")
    {
        HelpName = "SIZE",
        Description = "lexicon: approximate bytes of an entry on average (default: 3KB)",
        CustomParser = r => Values.Size(500, 1_000_000)(r),
    };

    public Option<long?> Size { get; } = new("--size")
    {
        HelpName = "SIZE",
        Description = "approximate bytes of all files together (default: 100MB, unless --users or --days is given)",
        CustomParser = r => Values.Size(1, long.MaxValue)(r),
    };

    public Option<int?> Users { get; } = new("--users")
    {
        HelpName = "N",
        Description = "number of users (default: derived from --size)",
        CustomParser = r => Values.Integer(1, int.MaxValue)(r),
    };

    public Option<int?> Days { get; } = new("--days")
    {
        HelpName = "N",
        Description = "days for each user (default: 365)",
        CustomParser = r => Values.Integer(1, 100_000)(r),
    };

    public Option<ulong> Seed { get; } = new("--seed")
    {
        HelpName = "N",
        Description = "the same seed makes the same bytes (default: 42)",
        CustomParser = Values.Unsigned(),
        DefaultValueFactory = _ => 42,
    };

    public ChoiceOption<GeneratorStyle> Style { get; } = new("--style", ("pretty", GeneratorStyle.Pretty), ("spaced", GeneratorStyle.Spaced), ("compact", GeneratorStyle.Compact), ("ndjson", GeneratorStyle.Ndjson))
    {
        HelpName = "STYLE",
        Description = "pretty, spaced, compact or ndjson: how the JSON is laid out (default: pretty)",
    };

    public Option<double> Quirks { get; } = new("--quirks")
    {
        HelpName = "SHARE",
        Description = "share of the records that are odd or broken, 0 to 1 (default: 0)",
        CustomParser = Values.Share(),
    };

    public Option<bool> Force { get; } = SharedOptions.Flag("--force", "also overwrite files that generate did not make");

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public GenerateCommand()
    {
        Spec = new CommandSpec(Name, "make a seeded, realistic data set for trials and benchmarks")
        {
            Usage = "DIR [options]",
            Needs = "a directory",
            Examples =
            [
                new("health_ingestion generate trial --size 1GB", "a gigabyte to try things with"),
                new("health_ingestion generate phone --kind apple --users 1", "an export of Apple Health, with the days that a reader must find"),
                new("health_ingestion generate words --kind lexicon --entries 10000", "a dictionary in many scripts, words/entries.jsonl"),
                new("health_ingestion generate bad --users 10 --quirks 0.01", "a small set with odd and broken records"),
            ],
        };
        Spec.Command.Arguments.Add(Target);
        Spec.AddGroup("Data", Kind, Size, Users, Days, Entries, EntrySize, Seed, Style, Quirks, Force);
        Spec.AddGroup("Console", Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        Log log = Console.OpenLog(arguments);
        return CommandRun.Do(
            log,
            statsPath: null,
            token =>
            {
                long started = Stopwatch.GetTimestamp();
                DataKind kind = arguments.GetValue(Kind) ?? DataKind.Health;
                Check(kind, arguments);
                GeneratorResult result = Generate(kind, arguments, log, token);
                Close(result, kind, arguments.GetValue(Target)!, arguments.GetValue(Seed), Stopwatch.GetElapsedTime(started), log);
                return ExitCode.Done;
            },
            () => "the data set is incomplete; run the same command again");
    }

    /// <summary>The options that not all kinds of data have, and the kinds that have them.</summary>
    private (string Kinds, Func<DataKind, bool> Has, Option[] Options)[] PartialOptions =>
    [
        ("--kind lexicon", kind => kind.IsLexicon, [Entries, EntrySize]),
        ("--kind health", kind => kind == DataKind.Health, [Style]),
        ("--kind health and the exports of programs", kind => !kind.IsLexicon, [Size, Users, Days]),
        ("--kind health and --kind lexicon", kind => kind.Export is null, [Quirks]),
    ];

    private void Check(DataKind kind, ParseResult arguments)
    {
        foreach ((string kinds, Func<DataKind, bool> has, Option[] options) in PartialOptions)
        {
            Option? wrong = has(kind) ? null : options.FirstOrDefault(o => arguments.GetResult(o) is { Implicit: false });
            if (wrong is not null)
            {
                throw new UsageException($"{wrong.Name} is only for {kinds}");
            }
        }
    }

    private GeneratorResult Generate(DataKind kind, ParseResult arguments, Log log, CancellationToken token)
    {
        WrittenBytesLog written = new(log);
        return kind.IsLexicon ? EntryGenerator.Generate(BindEntries(arguments), written, token)
            : kind.Export is { } program ? ExportGenerator.Generate(BindExport(program, arguments), written, token)
            : DataSetGenerator.Generate(Bind(arguments), written, token);
    }

    private EntryOptions BindEntries(ParseResult arguments)
    {
        EntryOptions options = new() { Directory = arguments.GetValue(Target)! };
        return options with
        {
            Entries = arguments.GetValue(Entries) ?? options.Entries,
            MeanBytes = (int)(arguments.GetValue(EntrySize) ?? options.MeanBytes),
            Seed = arguments.GetValue(Seed),
            QuirkRate = arguments.GetValue(Quirks),
            Force = arguments.GetValue(Force),
        };
    }

    private GeneratorOptions Bind(ParseResult arguments)
    {
        long? size = arguments.GetValue(Size);
        int? users = arguments.GetValue(Users);
        int? days = arguments.GetValue(Days);
        return new GeneratorOptions
        {
            Directory = arguments.GetValue(Target)!,
            TotalBytes = size ?? (users is null && days is null ? DefaultBytes : null),
            Users = users,
            Days = days,
            Seed = arguments.GetValue(Seed),
            Style = arguments.GetValue(Style),
            QuirkRate = arguments.GetValue(Quirks),
            Force = arguments.GetValue(Force),
        };
    }

    private ExportOptions BindExport(ExportProgram program, ParseResult arguments)
    {
        long? size = arguments.GetValue(Size);
        int? users = arguments.GetValue(Users);
        int? days = arguments.GetValue(Days);
        return new ExportOptions
        {
            Directory = arguments.GetValue(Target)!,
            Program = program,
            TotalBytes = size ?? (users is null && days is null ? DefaultBytes : null),
            Users = users,
            Days = days,
            Seed = arguments.GetValue(Seed),
            Force = arguments.GetValue(Force),
        };
    }

    private static void Close(GeneratorResult result, DataKind kind, string directory, ulong seed, TimeSpan elapsed, Log log)
    {
        long bytes = result.Files.Sum(f => f.Bytes);
        long records = result.Files.Sum(f => f.Records);
        List<IReadOnlyList<string>> rows = [.. result.Files.Take(MaxNamedFiles).Select(IReadOnlyList<string> (f) => [f.Path, Figures.Bytes(f.Bytes), Figures.Count(f.Records)])];
        if (result.Files.Count > MaxNamedFiles)
        {
            GeneratedFile[] rest = [.. result.Files.Skip(MaxNamedFiles)];
            rows.Add([$"{Figures.Count(rest.Length, "more file")}", Figures.Bytes(rest.Sum(f => f.Bytes)), Figures.Count(rest.Sum(f => f.Records))]);
        }

        FigureTable table = new(["file", "size", "records"], rows, LastIsText: false);
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
            log.Warning($"{directory} also holds {others[0]}{(others.Length > 1 ? $" and {others.Length - 1} more" : "")}, which a run would read together with this data set; remove files of another data set");
        }

        string next = kind.IsLexicon ? ""
            : kind == DataKind.Health ? $"; next: health_ingestion {directory}"
            : $"; next: health_ingestion {directory} --time-zone {ExportGenerator.ZoneName}{(result.HasUserFolders ? " --user-from path:1" : "")}";
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
}
