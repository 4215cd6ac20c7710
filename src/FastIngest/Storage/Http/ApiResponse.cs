using System.Net;
using System.Net.Http.Headers;
using FastIngest.Delivery;

namespace FastIngest.Storage.Http;

/// <summary>What an attempt came to.</summary>
internal enum ResponseKind
{
    /// <summary>Taken.</summary>
    Ok,

    /// <summary>A fault that may pass: worth another attempt.</summary>
    Transient,

    /// <summary>The API asks for fewer requests.</summary>
    Busy,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The request was too large.</summary>
    TooLarge,

    /// <summary>The request will never be taken.</summary>
    Rejected,

    /// <summary>The same, but perhaps for the URL or the credentials.</summary>
    TargetRejected,

    /// <summary>The URL leads elsewhere.</summary>
    Redirected,
}

/// <param name="Kind">What it means.</param>
/// <param name="Error">Why, in one line without secrets; null when all is well.</param>
/// <param name="RetryAfter">How long the API asks to wait.</param>
internal readonly record struct ApiResponse(ResponseKind Kind, string? Error = null, TimeSpan? RetryAfter = null)
{
    /// <summary>The longest wait that is obeyed; an API that asks for more gets nothing more in this run.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(2);

    /// <summary>The status code, where there was one that is not good.</summary>
    public HttpStatusCode Status { get; init; }

    public bool IsOk => Kind == ResponseKind.Ok;

    /// <summary>Whether another attempt may succeed.</summary>
    public bool IsTransient => Kind is ResponseKind.Transient or ResponseKind.Busy or ResponseKind.TimedOut;

    /// <summary>The rules for status codes; those of a body come on top.</summary>
    public static ResponseKind Classify(HttpStatusCode status) => (int)status switch
    {
        200 or 201 => ResponseKind.Ok,
        429 or 503 => ResponseKind.Busy,
        408 or 504 => ResponseKind.TimedOut,
        413 => ResponseKind.TooLarge,
        401 or 403 or 404 or 405 or 407 => ResponseKind.TargetRejected,
        >= 300 and < 400 => ResponseKind.Redirected,
        425 or >= 500 or < 300 => ResponseKind.Transient,
        _ => ResponseKind.Rejected,
    };

    /// <summary>Notes in a summary what the API said to the request that held it.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="attempts">Requests that held it.</param>
    public void ApplyTo(PendingSummary summary, int attempts)
    {
        summary.Attempts += attempts;
        summary.Error = Error;
        summary.State = Kind switch
        {
            ResponseKind.Ok => DeliveryState.Delivered,
            ResponseKind.Rejected or ResponseKind.TooLarge => DeliveryState.Rejected,
            ResponseKind.TargetRejected or ResponseKind.Redirected => DeliveryState.TargetRejected,
            _ => DeliveryState.Failed,
        };
    }

    /// <summary>Seconds or a date; null when the API says nothing of it.</summary>
    public static TimeSpan? ReadRetryAfter(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };
}
