using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace FastIngest.Net;

/// <summary>A file on a web server.</summary>
internal sealed class HttpPlace : RemotePlace
{
    private readonly AuthenticationHeaderValue? _credentials;

    private HttpPlace(string displayName, string fileName, Uri uri, AuthenticationHeaderValue? credentials)
        : base(displayName, fileName) => (Uri, _credentials) = (uri, credentials);

    public override Uri Uri { get; }

    /// <param name="path">A URL with the scheme <c>https</c> or <c>http</c>.</param>
    /// <param name="allowsHttp">Whether a server on another machine may be asked without TLS.</param>
    /// <exception cref="IngestException">The URL is invalid. The message contains nothing that could be a secret.</exception>
    public static HttpPlace Parse(string path, bool allowsHttp)
    {
        string shown = RemotePath.Show(path);
        if (!Uri.TryCreate(path, UriKind.Absolute, out Uri? url) || url.Host.Length == 0)
        {
            throw new IngestException($"{shown} is not a valid URL.", "Write https://HOST/FILE; special characters are percent-encoded.");
        }

        if (!IsAllowed(url, allowsHttp))
        {
            throw new IngestException(
                $"{shown} would be read without TLS, so that others on the network can read and change the data.", "Use https://, or allow it with --allow-http.");
        }

        OpenSslLibraryFor(url);
        Uri address = new(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped));
        string user = Uri.UnescapeDataString(url.UserInfo);
        AuthenticationHeaderValue? credentials = user.Length == 0 ? null : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
        return new HttpPlace(shown, NameOf(address), address, credentials);
    }

    /// <summary>Whether a URL may be asked: over TLS, on this machine, or because the user allows it.</summary>
    public static bool IsAllowed(Uri url, bool allowsHttp) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && (allowsHttp || url.IsLoopback));

    /// <summary>Returns the name of a file from the last part of the path of a URL.</summary>
    public static string NameOf(Uri url) => Uri.UnescapeDataString(url.AbsolutePath.Split('/')[^1]).Replace('/', '_');

    public override void Authorize(HttpRequestMessage request, ReadOnlySpan<byte> body) => request.Headers.Authorization = _credentials;

    public override (string Said, string Remedy) Explain(HttpStatusCode status, string body) => ("", status switch
    {
        HttpStatusCode.Unauthorized => "Give user and password in the URL, percent-encoded: https://USER:PASSWORD@HOST/FILE.",
        HttpStatusCode.Forbidden => "Check that the URL is complete and has not expired.",
        HttpStatusCode.NotFound or HttpStatusCode.Gone => "Check the URL.",
        _ => "Check the URL and the server.",
    });

    private static void OpenSslLibraryFor(Uri url)
    {
        if (url.Scheme == Uri.UriSchemeHttps)
        {
            OpenSslLibrary.Require("Files over TLS");
        }
    }
}
