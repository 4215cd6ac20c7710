using FastIngest.Storage.Postgres.Summaries;

namespace FastIngest.Delivery;

/// <summary>What is delivered from where, and how.</summary>
public sealed record DeliveryOptions
{
    /// <summary>The database, <c>sqlite:FILE</c> or <c>postgres://…</c>.</summary>
    public required string From { get; init; }

    /// <summary>The schema of the tables in PostgreSQL.</summary>
    public string Schema { get; init; } = PostgresSchema.DefaultName;

    /// <summary>The most requests under way at once; it lowers itself when the API is busy.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>How long to wait for an API that is not there yet; zero does not ask first.</summary>
    public TimeSpan WaitForApi { get; init; }

    /// <summary>Whether to send again what was refused for good.</summary>
    public bool RetryRefused { get; init; }

    /// <summary>What every summary passes before it is sent, in this order.</summary>
    internal IReadOnlyList<ISummaryStage> Stages { get; init; } = [];
}

/// <summary>Hears how a delivery goes on; calls must return at once.</summary>
public interface IDeliveryProgress
{
    /// <summary>The database is open.</summary>
    void Started(string target, long totalSummaries);

    /// <summary>Summaries have been dealt with, delivered or not, or needed nothing.</summary>
    void Done(long summaries, long delivered);
}

/// <summary>What one delivery did.</summary>
public sealed record DeliveryReport
{
    /// <summary>The API as shown to the user, without any secret.</summary>
    public required string Target { get; init; }

    /// <summary>The database as shown to the user, without any secret.</summary>
    public required string From { get; init; }

    /// <summary>Summaries that the API took in this run.</summary>
    public required long Delivered { get; init; }

    /// <summary>Summaries that it has as they are.</summary>
    public required long Unchanged { get; init; }

    /// <summary>Summaries that it refused for good, in this run or an earlier one.</summary>
    public required long Refused { get; init; }

    /// <summary>Those of <see cref="Refused"/> that were refused in this run.</summary>
    public required long NewlyRefused { get; init; }

    /// <summary>Summaries that are still to be delivered.</summary>
    public required long Left { get; init; }

    /// <summary>Requests that held summaries, a batch counting once for each.</summary>
    public required long Attempts { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Why the delivery ended early; null when it did not.</summary>
    public required string? Problem { get; init; }

    /// <summary>What the API or the way to it said last of a summary that is left; null when none is.</summary>
    public required string? LastError { get; init; }

    /// <summary>Some of what stands refused.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    /// <summary>Whether everything that could be sent arrived.</summary>
    public bool IsComplete => Left == 0 && NewlyRefused == 0;
}
