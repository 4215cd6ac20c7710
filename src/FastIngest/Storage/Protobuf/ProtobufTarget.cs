using FastIngest.Targets;

namespace FastIngest.Storage.Protobuf;

/// <summary>The target of a file with all records as Protocol Buffers.</summary>
internal static class ProtobufTarget
{
    public static TargetKind Kind { get; } = new()
    {
        Prefixes = ["protobuf:"],
        Forms = ["protobuf:FILE", "protobuf:- (standard output)"],
        IsFile = true,
        FileEndings = [".pb"],
        HasStandardOutput = true,
        Summaries = (target, options) => new ProtobufSink(target.Rest, options.OpenStandardOutput, options.TempDirectory),
    };
}
