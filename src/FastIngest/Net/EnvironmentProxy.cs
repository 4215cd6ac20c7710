using System.Net;

namespace FastIngest.Net;

/// <summary>Chooses the proxy of each request by the environment, because a redirect may lead to a server that has another one.</summary>
/// <param name="variable">Returns an environment variable.</param>
internal sealed class EnvironmentProxy(Func<string, string?> variable) : IWebProxy, ICredentials
{
    ICredentials? IWebProxy.Credentials
    {
        get => this;
        set => throw new NotSupportedException();
    }

    public Uri? GetProxy(Uri destination) => HttpProxy.Find(destination, variable)?.Address;

    public bool IsBypassed(Uri host) => HttpProxy.Find(host, variable) is null;

    /// <param name="uri">The URL of the proxy.</param>
    /// <param name="authType">The kind of authentication that it asks for.</param>
    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        Array.ConvertAll(["http", "https"], s => HttpProxy.Find(new Uri($"{s}://proxied.invalid/"), variable))
            .FirstOrDefault(p => p is not null && Uri.Compare(p.Address, uri, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0)?.Credentials;
}
