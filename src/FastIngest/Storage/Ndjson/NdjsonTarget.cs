using FastIngest.Targets;

namespace FastIngest.Storage.Ndjson;

/// <summary>A file of JSON objects, one a line, or the standard output.</summary>
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
