using System.Text.Json;

namespace FastIngest.Storage.Http;

/// <summary>Hears the tokens of a JSON answer one after another, so that no answer is ever held whole.</summary>
internal interface IResponseParser
{
    /// <summary>A new answer begins.</summary>
    void Reset();

    /// <summary>What the answer says against its good status code, once it is read; null when nothing.</summary>
    string? Error { get; }

    /// <summary>The reader stands on the token.</summary>
    void Add(ref Utf8JsonReader token);
}

/// <summary>
/// The <c>status</c> of an answer that is a JSON object: anything but the text <c>ok</c> takes back what the status code
/// says.
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
                Error = isOk ? null : $"status '{status}' in the answer";
            }

            _isNext = token.TokenType == JsonTokenType.PropertyName && token.ValueTextEquals("status"u8);
        }
    }
}
