using FastIngest.Health;

namespace FastIngest.Delivery;

/// <summary>The source and the settings of one delivery.</summary>
public sealed record DeliveryOptions
{
    /// <summary>The database that holds the summaries.</summary>
    public required DeliverySource From { get; init; }

    /// <summary>The users and days that are delivered; null for all.</summary>
    public RecordSelection? Selection { get; init; }

    /// <summary>The maximum number of concurrent requests. The delivery uses fewer while the API is busy.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>The maximum number of requests that start in a second, retries included; 0 for no limit.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>The rules of which one must hold for a response to mean success; empty for the rules of known APIs.</summary>
    public IReadOnlyList<SuccessRule> Success { get; init; } = [];

    /// <summary>How long to wait for an API that is not ready yet; zero skips the readiness check.</summary>
    public TimeSpan WaitForApi { get; init; }

    /// <summary>Whether to resend summaries that the API rejected permanently in an earlier run.</summary>
    public bool RetryRejected { get; init; }

    /// <summary>The stored vectors that are sent to APIs that take vectors; null for none.</summary>
    public SentVectors? Vectors { get; init; }

    /// <summary>The stages that process each summary before it is sent, in this order.</summary>
    internal IReadOnlyList<ISummaryStage> Stages { get; init; } = [];
}

/// <summary>Receives the progress of a delivery. Implementations must return immediately.</summary>
public interface IDeliveryProgress
{
    /// <summary>Called once, when the database is open.</summary>
    void Started(string target, long totalSummaries);

    /// <summary>Called when summaries are finished: delivered, not delivered, or skipped because they need no delivery.</summary>
    void Done(long summaries, long delivered);
}

/// <summary>The results of one delivery.</summary>
public sealed record DeliveryReport
{
    /// <summary>The API as shown to the user, without any secret.</summary>
    public required string Target { get; init; }

    /// <summary>The database as shown to the user, without any secret.</summary>
    public required string From { get; init; }

    /// <summary>Summaries that the API accepted in this run.</summary>
    public required long Delivered { get; init; }

    /// <summary>Summaries that the API already has in their current form.</summary>
    public required long Unchanged { get; init; }

    /// <summary>Summaries that the API rejected permanently, in this run or an earlier one.</summary>
    public required long Rejected { get; init; }

    /// <summary>The part of <see cref="Rejected"/> that the API rejected in this run.</summary>
    public required long NewlyRejected { get; init; }

    /// <summary>Summaries outside the selection that the API does not have in their current form.</summary>
    public required long Filtered { get; init; }

    /// <summary>Summaries that are still to be delivered, except those that have no vector.</summary>
    public required long Left { get; init; }

    /// <summary>The vectors that were sent with the summaries; null when none were to be sent.</summary>
    public VectorFigures? Vectors { get; init; }

    /// <summary>Requests that contained summaries; a request with a batch counts once for each of its summaries.</summary>
    public required long Attempts { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Why the delivery ended early; null when it completed.</summary>
    public required string? Problem { get; init; }

    /// <summary>The last error of the API or the network for a summary that is still to be delivered; null when none is left.</summary>
    public required string? LastError { get; init; }

    /// <summary>The rejected summaries by reason, the most frequent reasons first; at most 20.</summary>
    public required IReadOnlyList<RejectionGroup> Rejections { get; init; }

    /// <summary>Whether the API accepted everything that this run had to send.</summary>
    public bool IsComplete => Left == 0 && NewlyRejected == 0 && Vectors is not { Missing: > 0 };
}
