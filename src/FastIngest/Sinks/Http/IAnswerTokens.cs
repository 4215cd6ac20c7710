using System.Text.Json;

namespace FastIngest.Sinks.Http;

/// <summary>Hears the tokens of a JSON answer one after another, so that no answer is ever held whole.</summary>
internal interface IAnswerTokens
{
    /// <summary>A new answer begins.</summary>
    void Reset();

    /// <summary>The reader stands on the token.</summary>
    void Add(ref Utf8JsonReader token);
}

/// <summary>
/// The <c>status</c> of an answer that is a JSON object: anything but the text <c>ok</c> takes back what the status code
/// says.
/// </summary>
internal sealed class AnswerStatus : IAnswerTokens
{
    private bool _isObject, _isNext;

    /// <summary>The status that is not ok, as the API wrote it; null when there is none, or it is ok.</summary>
    public string? NotOk { get; private set; }

    public void Reset()
    {
        _isObject = _isNext = false;
        NotOk = null;
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
                NotOk = isOk ? null : token.TokenType == JsonTokenType.String ? token.GetString() : token.TokenType.ToString();
            }

            _isNext = token.TokenType == JsonTokenType.PropertyName && token.ValueTextEquals("status"u8);
        }
    }
}
