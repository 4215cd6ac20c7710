using System.CommandLine;
using FastIngest.Generate;
using HealthIngestion.Terminal;

namespace HealthIngestion.CommandLine;

/// <summary>What <c>generate</c> makes.</summary>
internal enum DataKind
{
    Health,
    Lexicon,
}

/// <summary>The options of <c>generate</c>.</summary>
internal sealed class GenerateSpec
{
    public Argument<string> Directory { get; } = new("DIR")
    {
        Description = "directory for the files; made if it does not exist",
        Arity = ArgumentArity.ExactlyOne,
    };

    public Option<DataKind> Kind { get; } = new("--kind")
    {
        HelpName = "KIND",
        Description = "health, or lexicon: a dictionary dump, one entry a line (default: health)",
        CustomParser = Values.Choice(("health", DataKind.Health), ("lexicon", DataKind.Lexicon)),
    };

    public Option<long?> Entries { get; } = new("--entries")
    {
        HelpName = "N",
        Description = "lexicon: how many entries (default: 200000)",
        CustomParser = r => Values.Integer(0, int.MaxValue)(r),
    };

    public Option<long?> EntrySize { get; } = new("--entry-size")
    {
        HelpName = "SIZE",
        Description = "lexicon: bytes of an entry on average, nearly (default: 3KB)",
        CustomParser = r => Values.Size(500, 1_000_000)(r),
    };

    public Option<long?> Size { get; } = new("--size")
    {
        HelpName = "SIZE",
        Description = "bytes of all files together, nearly (default: 100MB, unless --users or --days is given)",
        CustomParser = r => Values.Size(1, long.MaxValue)(r),
    };

    public Option<int?> Users { get; } = new("--users")
    {
        HelpName = "N",
        Description = "how many users (default: as --size asks)",
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

    public Option<GeneratorStyle> Style { get; } = new("--style")
    {
        HelpName = "STYLE",
        Description = "pretty, spaced, compact or ndjson: how the JSON is laid out (default: pretty)",
        CustomParser = Values.Choice(
            ("pretty", GeneratorStyle.Pretty),
            ("spaced", GeneratorStyle.Spaced),
            ("compact", GeneratorStyle.Compact),
            ("ndjson", GeneratorStyle.Ndjson)),
    };

    public Option<double> Quirks { get; } = new("--quirks")
    {
        HelpName = "SHARE",
        Description = "share of the records that are odd or broken, 0 to 1 (default: 0)",
        CustomParser = Values.Share(),
    };

    public Option<LogFormat> LogFormat { get; } = ConsoleOptions.LogFormat();

    public Option<LogLevel> LogLevel { get; } = ConsoleOptions.LogLevel();

    public Option<bool> Quiet { get; } = ConsoleOptions.Quiet();

    public CommandSpec Spec { get; }

    /// <summary>Options that have a meaning for one kind of data alone.</summary>
    public IReadOnlyList<Option> OptionsOf(DataKind kind) => kind == DataKind.Lexicon ? [Entries, EntrySize] : [Size, Users, Days, Style];

    public GenerateSpec()
    {
        Spec = new CommandSpec("generate", "make a seeded, realistic data set for trials and benchmarks")
        {
            Usage = "DIR [options]",
            Examples =
            [
                new("health_ingestion generate trial --size 1GB", "a gigabyte to try things with"),
                new("health_ingestion generate words --kind lexicon --entries 10000", "a dictionary in many scripts, words/entries.jsonl"),
                new("health_ingestion generate bad --users 10 --quirks 0.01", "a small set with odd and broken records"),
            ],
        };
        Spec.Command.Arguments.Add(Directory);
        Spec.AddGroup("Data", Kind, Size, Users, Days, Entries, EntrySize, Seed, Style, Quirks);
        Spec.AddGroup("Console", LogFormat, LogLevel, Quiet);
    }
}
