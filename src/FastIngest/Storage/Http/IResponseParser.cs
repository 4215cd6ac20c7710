using System.Text.Json;

namespace FastIngest.Storage.Http;

/// <summary>Parses a JSON response token by token, so that no response is held in memory as a whole.</summary>
internal interface IResponseParser
{
    /// <summary>Prepares the parser for the next response.</summary>
    void Reset();

    /// <summary>The error in the body of a response with a successful status code; null without an error.</summary>
    string? Error { get; }

    /// <summary>Processes the current token of the reader.</summary>
    void Add(ref Utf8JsonReader token);
}

/// <summary>
/// Checks the property <c>status</c> of a response that is a JSON object. Any value other than <c>"ok"</c> is an error, even
/// if the status code is successful.
/// </summary>
internal sealed class StatusParser : IResponseParser
{
    private bool _isObject, _isNext;

    public string? Error { get; private set; }

    public void Reset()
    {
        _isObject = _isNext = false;
        Error = null;
    }

    public void Add(ref Utf8JsonReader token)
    {
        if (token.CurrentDepth == 0)
        {
            _isObject |= token.TokenType == JsonTokenType.StartObject;
        }
        else if (_isObject && token.CurrentDepth == 1)
        {
            if (_isNext)
            {
                bool isOk = token.TokenType == JsonTokenType.String && token.ValueTextEquals("ok"u8);
                string status = token.TokenType == JsonTokenType.String && !isOk ? token.GetString()! : token.TokenType.ToString();
                Error = isOk ? null : $"status '{status}' in the response";
            }

            _isNext = token.TokenType == JsonTokenType.PropertyName && token.ValueTextEquals("status"u8);
        }
    }
}
