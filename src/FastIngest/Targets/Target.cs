using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;
using FastIngest.Stored;

namespace FastIngest.Targets;

/// <summary>
/// A target as the user named it, such as <c>sqlite:health.db</c>. It is not open yet. Each method throws an
/// <see cref="IngestException"/> when the target lacks the capability or its name is invalid.
/// </summary>
public sealed class Target
{
    private readonly TargetList _list;

    internal Target(TargetList list, TargetKind kind, string name, string rest)
    {
        _list = list;
        Kind = kind;
        Name = name;
        Rest = rest;
    }

    public TargetKind Kind { get; }

    /// <summary>The full name. It may contain a password; do not display it unless <see cref="TargetKind.IsFile"/> is true.</summary>
    public string Name { get; }

    /// <summary>The name without its prefix; never empty. It may contain a password.</summary>
    public string Rest { get; }

    /// <summary>Whether rows are written to the standard output.</summary>
    public bool IsStandardOutput => Kind.HasStandardOutput && Rest == "-";

    /// <summary>The path of the file as the user gave it; null when the target is not a file.</summary>
    public string? FilePath => !Kind.IsFile || IsStandardOutput ? null : Kind.FileOf is { } fileOf ? fileOf(Rest) : Rest;

    /// <summary>The files that hold the records, besides <see cref="FilePath"/>; empty where there are none.</summary>
    public IReadOnlyList<string> RecordFilePaths => Kind.RecordFilesOf?.Invoke(Rest) ?? [];

    /// <summary>Whether the target has a capability.</summary>
    public bool Has(TargetCapability capability) =>
        Kind.Has(capability) && (capability != TargetCapability.Records || Kind.RecordFilesOf is null || RecordFilePaths.Count > 0);

    public ISummarySink CreateSummarySink(TargetOptions options) => Require(Kind.Summaries, TargetCapability.Summaries)(this, options);

    public IEntrySink CreateEntrySink(TargetOptions options) => Require(Kind.Entries, TargetCapability.Entries)(this, options);

    public IEntryStore CreateEntryStore(TargetOptions options) => Require(Kind.Reprocess, TargetCapability.Reprocess)(this, options);

    public IUserErasure CreateErasure(TargetOptions options) => Require(Kind.Erasure, TargetCapability.Erasure)(this, options);

    public ISummaryReader CreateReader(TargetOptions options) => Require(Kind.Reader, TargetCapability.Reader)(this, options);
    public VectorSource CreateVectorSource(TargetOptions options) => Require(Kind.Vectors, TargetCapability.Vectors)(this, options);

    public DeliveryApi CreateApi(TargetOptions options) => Require(Kind.Api, TargetCapability.Api)(this, options);

    /// <summary>Returns the stored summaries of the target as the source of a delivery.</summary>
    public DeliverySource CreateDeliverySource(TargetOptions options)
    {
        Func<Target, TargetOptions, SentVectors?, IOutbox> open = Require(Kind.Outbox, TargetCapability.Outbox);
        return new DeliverySource(vectors => open(this, options, vectors));
    }

    /// <summary>Returns the form of the name, because the name itself may contain a password.</summary>
    public override string ToString() => Kind.Forms[0];

    private T Require<T>(T? create, TargetCapability capability)
        where T : class => create ?? throw _list.Lacks(Name, Kind, capability);
}
