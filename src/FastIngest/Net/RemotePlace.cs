using System.Net;

namespace FastIngest.Net;

/// <summary>Where an object is: the URL of requests for it, and the credentials that its server gets, and no other one.</summary>
/// <param name="displayName">The name shown to the user, without any secret.</param>
/// <param name="fileName">The name of the object as a file.</param>
internal abstract class RemotePlace(string displayName, string fileName)
{
    public string DisplayName => displayName;

    public string FileName => fileName;

    /// <summary>The URL of requests.</summary>
    public abstract Uri Uri { get; }

    /// <summary>Adds credentials to a request for the URL of this place. It is not called for another server, to which that one redirects.</summary>
    /// <param name="request">The request, complete but for its credentials.</param>
    /// <param name="body">The body.</param>
    public abstract void Authorize(HttpRequestMessage request, ReadOnlySpan<byte> body);

    /// <summary>Learns from an error where requests must be sent. Returns whether the request is to be repeated.</summary>
    public virtual bool Learn(HttpResponseMessage response) => false;

    /// <summary>Explains an error.</summary>
    /// <param name="status">The status code of the response.</param>
    /// <param name="body">The beginning of the body of the response.</param>
    /// <returns>What the server says, or an empty text; and what the user can do.</returns>
    public abstract (string Said, string Remedy) Explain(HttpStatusCode status, string body);
}
