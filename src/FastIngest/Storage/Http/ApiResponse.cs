using System.Net;
using FastIngest.Delivery;

namespace FastIngest.Storage.Http;

/// <summary>The outcome of one attempt.</summary>
internal enum ResponseKind
{
    /// <summary>The API accepted the request.</summary>
    Ok,

    /// <summary>A temporary error: another attempt may succeed.</summary>
    Transient,

    /// <summary>The API asks for fewer requests.</summary>
    Busy,

    /// <summary>The API did not respond in time.</summary>
    TimedOut,

    /// <summary>The request was too large.</summary>
    TooLarge,

    /// <summary>The API rejected the request permanently.</summary>
    Rejected,

    /// <summary>The API rejected the request permanently, perhaps because of the URL or the credentials.</summary>
    TargetRejected,

    /// <summary>The API redirects to another URL.</summary>
    Redirected,

    /// <summary>The status code means success, but it is unknown whether the body does.</summary>
    Mismatched,
}

/// <summary>The result of a request, or of one attempt.</summary>
/// <param name="Kind">The outcome.</param>
/// <param name="Error">The reason for a failure, in one line without secrets; null on success.</param>
/// <param name="RetryAfter">The wait that the API asks for; null without one.</param>
internal readonly record struct ApiResponse(ResponseKind Kind, string? Error = null, TimeSpan? RetryAfter = null)
{
    /// <summary>The longest Retry-After that is respected. A request is not retried if the API asks for a longer wait.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(2);

    /// <summary>The status code of an unsuccessful response; 0 otherwise.</summary>
    public HttpStatusCode Status { get; init; }

    public bool IsOk => Kind == ResponseKind.Ok;

    /// <summary>Whether another attempt may succeed.</summary>
    public bool IsTransient => Kind is ResponseKind.Transient or ResponseKind.Busy or ResponseKind.TimedOut;

    /// <summary>Classifies a status code. The body of a successful response is checked separately.</summary>
    public static ResponseKind Classify(HttpStatusCode status) => (int)status switch
    {
        >= 200 and <= 204 => ResponseKind.Ok,
        > 204 and < 300 => ResponseKind.Mismatched,
        429 or 503 => ResponseKind.Busy,
        408 or 504 => ResponseKind.TimedOut,
        413 => ResponseKind.TooLarge,
        401 or 403 or 404 or 405 or 407 or 501 or 505 => ResponseKind.TargetRejected,
        >= 300 and < 400 => ResponseKind.Redirected,
        425 or >= 500 or < 200 => ResponseKind.Transient,
        _ => ResponseKind.Rejected,
    };

    /// <summary>Sets the state and the error of a summary that the request contained.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="attempts">The number of requests that contained the summary.</param>
    public void ApplyTo(PendingSummary summary, int attempts)
    {
        summary.Attempts += attempts;
        summary.Error = Error;
        summary.State = Kind switch
        {
            ResponseKind.Ok => DeliveryState.Delivered,
            ResponseKind.Rejected or ResponseKind.TooLarge => DeliveryState.Rejected,
            ResponseKind.TargetRejected or ResponseKind.Redirected => DeliveryState.TargetRejected,
            ResponseKind.Mismatched => DeliveryState.Mismatched,
            _ => DeliveryState.Failed,
        };
    }
}
