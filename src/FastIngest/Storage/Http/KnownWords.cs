namespace FastIngest.Storage.Http;

/// <summary>The words by which public APIs report success and failure in the body of a response.</summary>
internal static class KnownWords
{
    // Words are compared without case, blanks, hyphens and underscores.
    private static readonly HashSet<string> Good =
    [
        "ok", "okay", "success", "successful", "successfully", "succeeded", "true", "yes", "accepted", "acknowledged", "received", "created", "updated", "noop", "stored", "saved",
        "indexed", "ingested", "delivered", "processed", "processing", "queued", "enqueued", "pending", "scheduled", "done", "complete", "completed", "200ok", "201created", "202accepted",
    ];

    private static readonly HashSet<string> Bad =
    [
        "error", "errors", "err", "fail", "failed", "failure", "false", "no", "ko", "nok", "nack", "rejected", "refused", "invalid", "denied", "accessdenied", "forbidden",
        "unauthorized", "unauthenticated", "notfound", "badrequest", "aborted", "cancelled", "canceled", "exception", "fatal", "partial", "partialsuccess", "partialfailure", "partialerror",
    ];

    private static readonly HashSet<string> Temporary =
    [
        "busy", "ratelimited", "ratelimit", "ratelimitexceeded", "toomanyrequests", "unavailable", "serviceunavailable", "temporarilyunavailable", "overloaded", "timeout", "timedout",
        "tryagain", "tryagainlater", "retry", "retrylater", "resourceexhausted",
    ];

    private static readonly HashSet<string> Nothing = ["", "none", "null", "no", "noerror", "noerrors", "ok", "success", "false", "0", "na"];

    /// <summary>Classifies a word or a number; null when it is not known.</summary>
    public static ResponseKind? Classify(string text)
    {
        string word = Normalize(text);
        return Good.Contains(word) ? ResponseKind.Ok
            : Bad.Contains(word) ? ResponseKind.TargetRejected
            : Temporary.Contains(word) ? ResponseKind.Busy
            : int.TryParse(word, out int code) ? ClassifyCode(code) : null;
    }

    /// <summary>Classifies a number in a body that means what the same HTTP status code means; null when it is not known.</summary>
    public static ResponseKind? ClassifyCode(int code) => code switch
    {
        >= 200 and < 300 => ResponseKind.Ok,
        >= 400 and < 600 => ApiResponse.Classify((System.Net.HttpStatusCode)code) is var kind && kind is ResponseKind.Rejected or ResponseKind.TooLarge ? ResponseKind.TargetRejected : kind,
        _ => null,
    };

    /// <summary>Whether the text of an error field says that there is no error.</summary>
    public static bool MeansNothing(string text) => Nothing.Contains(Normalize(text));

    /// <summary>Returns the letters and digits of a text in lower case.</summary>
    public static string Normalize(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
