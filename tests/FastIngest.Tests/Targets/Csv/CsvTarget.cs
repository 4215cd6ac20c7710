using FastIngest.Targets;

namespace FastIngest.Tests.Targets.Csv;

/// <summary>A minimal target: a file of <c>user_id,date,summary</c>.</summary>
internal static class CsvTarget
{
    public static TargetKind Kind { get; } = new()
    {
        Prefixes = ["tsv:"],
        Forms = ["tsv:FILE"],
        IsFile = true,
        FileEndings = [".tsv"],
        Summaries = (target, _) => new CsvSink(target.Rest),
    };
}
