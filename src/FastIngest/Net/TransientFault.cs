namespace FastIngest.Net;

/// <summary>A fault of a request that another attempt may not have.</summary>
/// <param name="message">The cause as a phrase, without secrets.</param>
/// <param name="retryAfter">The wait that the server asks for; null without one.</param>
/// <param name="inner">The exception that it is known by.</param>
internal sealed class TransientFault(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The longest wait that is respected.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    public TimeSpan? RetryAfter => retryAfter;
}
