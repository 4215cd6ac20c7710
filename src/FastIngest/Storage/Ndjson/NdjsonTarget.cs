using FastIngest.Targets;

namespace FastIngest.Storage.Ndjson;

/// <summary>The target of an NDJSON file or of standard output.</summary>
internal static class NdjsonTarget
{
    public static TargetKind Kind { get; } = new()
    {
        Prefixes = ["ndjson:"],
        Forms = ["ndjson:FILE", "ndjson:- (standard output)"],
        IsFile = true,
        FileEndings = [".ndjson", ".jsonl"],
        HasStandardOutput = true,
        Summaries = (target, options) => new NdjsonSink(target.Rest, options.OpenStandardOutput),
        Entries = (target, options) => new EntryNdjsonSink(target.Rest, options.OpenStandardOutput),
    };
}
