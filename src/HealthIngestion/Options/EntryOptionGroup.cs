using System.CommandLine;
using FastIngest.Lexicon;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options that decide which entries are written, and how many at a time.</summary>
internal sealed class EntryOptionGroup
{
    private const int MaxBatch = 1_000_000;

    public Option<int> LoadBatch { get; } = Batch("--load-batch", "records sent to a database before they are merged into its tables (default: 10000)");

    public Option<int> CleanBatch { get; } = Batch("--clean-batch", "the most records that a worker cleans at a time (default: 5000)");

    public Option<int> WriteBatch { get; } = Batch("--write-batch", "entries sent to a database before they are merged into its tables (default: 10000)");

    public Option<double> MinQuality { get; } = new("--min-quality")
    {
        HelpName = "SHARE",
        Description = "entries of lower quality are not written, 0 to 1 (default: 0.5)",
        CustomParser = Values.Share(),
    };

    public Option<bool> AllowDuplicates { get; } = SharedOptions.Flag("--allow-duplicates", "also write entries that have the language, headword, part of speech and definition of another one");

    public Option[] All => [LoadBatch, CleanBatch, WriteBatch, MinQuality, AllowDuplicates];

    public EntryPolicy Policy(ParseResult arguments) => new(
        arguments.GetResult(MinQuality) is null ? 50 : (int)Math.Ceiling((arguments.GetValue(MinQuality) * 100) - 1e-9),
        arguments.GetValue(AllowDuplicates));

    private static Option<int> Batch(string name, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = Values.Integer(1, MaxBatch),
    };
}
