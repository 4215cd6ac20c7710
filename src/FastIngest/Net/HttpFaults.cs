using System.Net.Http.Headers;

namespace FastIngest.Net;

/// <summary>What HTTP clients have in common when a request fails.</summary>
internal static class HttpFaults
{
    /// <summary>Whether an exception says that the network failed, and not the program.</summary>
    public static bool IsOfNetwork(Exception e) => e is HttpRequestException or IOException or System.Net.Sockets.SocketException;

    /// <summary>Reads the header Retry-After, which holds seconds or a date; null without the header.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    /// <summary>Returns the message of the innermost exception in one line, which names the cause.</summary>
    public static string Cause(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return FaultText.OneLine(e.Message).TrimEnd('.');
    }
}
