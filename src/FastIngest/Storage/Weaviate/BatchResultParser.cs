using System.Text.Json;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Weaviate;

/// <summary>Parses the result of each object of a batch. A response with status 200 can contain failed objects.</summary>
internal sealed class BatchResultParser : IResponseParser
{
    private readonly List<(Guid Id, string? Error)> _results = [];
    private Place _place;
    private Guid _id;
    private bool _hasFailed;
    private string? _message;

    /// <summary>The part of the response that the parser is in.</summary>
    private enum Place
    {
        Elsewhere,
        Id,
        Result,
        Status,
        Errors,
        Message,
    }

    public ResponseKind Kind => ResponseKind.Ok;

    public string? Error => null;

    /// <summary>Returns the error of an object; null when the server stored the object.</summary>
    /// <param name="id">The id of the object.</param>
    /// <param name="index">The 0-based index in the batch, which identifies the object if the response contains no ids.</param>
    public string? ErrorOf(Guid id, int index)
    {
        if (index < _results.Count && (_results[index].Id == id || _results[index].Id == Guid.Empty))
        {
            return _results[index].Error;
        }

        int found = _results.FindIndex(r => r.Id == id);
        return found >= 0 ? _results[found].Error : "the response does not mention this object";
    }

    public void Reset() => _results.Clear();

    public void AddText(string text)
    {
    }

    // [                                                     depth 0
    //   {                                                   depth 1
    //     "id": "…",                                        depth 2
    //     "result": {                                       depth 2
    //       "status": "FAILED",                             depth 3
    //       "errors": {"error": [{"message": "…"}, …]}      depth 3, the message 6
    public void Add(ref Utf8JsonReader token)
    {
        switch (token.CurrentDepth)
        {
            case 1 when token.TokenType == JsonTokenType.StartObject:
                (_id, _hasFailed, _message, _place) = (Guid.Empty, false, null, Place.Elsewhere);
                break;

            case 1 when token.TokenType == JsonTokenType.EndObject:
                _results.Add((_id, _hasFailed || _message is not null ? _message ?? "FAILED" : null));
                break;

            case 2 when token.TokenType == JsonTokenType.PropertyName:
                _place = token.ValueTextEquals("id"u8) ? Place.Id : token.ValueTextEquals("result"u8) ? Place.Result : Place.Elsewhere;
                break;

            case 2 when _place == Place.Id:
                _ = token.TokenType == JsonTokenType.String && token.TryGetGuid(out _id);
                break;

            case 3 when token.TokenType == JsonTokenType.PropertyName && _place != Place.Elsewhere:
                _place = token.ValueTextEquals("status"u8) ? Place.Status : token.ValueTextEquals("errors"u8) ? Place.Errors : Place.Result;
                break;

            case 3 when _place == Place.Status:
                _hasFailed = token.TokenType == JsonTokenType.String && !token.ValueTextEquals("SUCCESS"u8);
                break;

            case 6 when token.TokenType == JsonTokenType.PropertyName && _place is Place.Errors or Place.Message:
                _place = token.ValueTextEquals("message"u8) ? Place.Message : Place.Errors;
                break;

            case 6 when _place == Place.Message && token.TokenType == JsonTokenType.String:
                _message ??= token.GetString();
                _place = Place.Errors;
                break;
        }
    }
}
