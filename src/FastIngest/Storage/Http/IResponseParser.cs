using System.Text.Json;

namespace FastIngest.Storage.Http;

/// <summary>Parses a JSON response token by token, so that no response is held in memory as a whole.</summary>
internal interface IResponseParser
{
    /// <summary>Whether the outcome depends on nothing but the body, so that a body that is the same as the last one need not be parsed again.</summary>
    bool IsRepeatable => false;

    /// <summary>Prepares the parser for the next response.</summary>
    void Reset();

    /// <summary>The outcome that the body of a response with a successful status code reports.</summary>
    ResponseKind Kind { get; }

    /// <summary>The reason, unless <see cref="Kind"/> is <see cref="ResponseKind.Ok"/>.</summary>
    string? Error { get; }

    /// <summary>Processes the current token of the reader.</summary>
    void Add(ref Utf8JsonReader token);

    /// <summary>Processes the beginning of a body that is not JSON.</summary>
    void AddText(string text);
}
