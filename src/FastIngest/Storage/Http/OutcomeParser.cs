using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FastIngest.Storage.Http;

/// <summary>
/// Finds out whether the body of a response with a successful status code reports success, by the fields that public APIs use.
/// A failure counts more than a success, and a success more than a value that is not known. A body without such a field means
/// success, because the status code does.
/// <code>
/// errors, error, failures, failed, …     JSON:API, GraphQL, Elasticsearch _bulk, Google: anything in them is a failure
/// status, result, outcome                a word: JSend, Prometheus, Zulip, Elasticsearch
/// ok, success, acknowledged              true or false: Slack, Telegram, Elasticsearch
/// code, statusCode                       0 or 2xx: Splunk, Milvus
/// errcode, errno                         0: WeChat
/// issue[].severity                       FHIR OperationOutcome
/// </code>
/// </summary>
internal sealed class OutcomeParser : IResponseParser
{
    private const string Remedy = "which is neither a success nor a failure that is known; name what means success with --api-success";

    private readonly string?[] _names = new string?[2];
    private Field _field;
    private bool _isObject, _isMessage, _isSeverity;
    private ResponseKind? _kind;
    private string? _evidence, _message;

    /// <summary>The kinds of fields at the top of a body.</summary>
    private enum Field
    {
        Other,
        Problem,
        Word,
        Result,
        Flag,
        Code,
        ErrorCode,
        Issue,
        Message,
    }

    public bool IsRepeatable => true;

    public ResponseKind Kind => _kind ?? ResponseKind.Ok;

    public string? Error => Kind switch
    {
        ResponseKind.Ok => null,
        ResponseKind.Mismatched => $"{_evidence} in the response, {Remedy}, such as {_names[1]}",
        _ => $"{_evidence} in the response{(_message is null ? "" : ": " + _message)}",
    };

    public void Reset()
    {
        _field = Field.Other;
        _isObject = _isMessage = _isSeverity = false;
        _kind = null;
        _evidence = _message = null;
    }

    public void AddText(string text)
    {
        string word = text.TrimStart().Split(' ', '\n', '\r', '\t', ':', ',', '.', '!').FirstOrDefault("");
        if (KnownWords.Classify(word) is { } kind)
        {
            Report(kind, $"'{text.Trim()}'");
        }
    }

    public void Add(ref Utf8JsonReader token)
    {
        int depth = token.CurrentDepth;
        if (depth == 0)
        {
            AddRoot(ref token);
        }
        else if (_isObject && depth == 1)
        {
            AddTop(ref token);
        }
        else if (_isObject)
        {
            AddDeeper(ref token);
        }
    }

    private void AddRoot(ref Utf8JsonReader token)
    {
        _isObject = token.TokenType == JsonTokenType.StartObject;
        if (token.TokenType is JsonTokenType.False)
        {
            Report(ResponseKind.TargetRejected, "false");
        }
        else if (token.TokenType == JsonTokenType.String)
        {
            AddText(token.GetString()!);
        }
    }

    private void AddTop(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.PropertyName)
        {
            _names[0] = token.GetString()!;
            _field = FieldOf(KnownWords.Normalize(_names[0]!));
            _isMessage = _isSeverity = false;
            return;
        }

        if (token.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            if (_field is Field.Word or Field.Flag or Field.Code)
            {
                ReportUnknown(token.TokenType == JsonTokenType.StartArray ? "a list" : "an object");
            }

            return;
        }

        if (token.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject or JsonTokenType.Null)
        {
            return;
        }

        AddValue(TextOf(ref token));
    }

    private void AddValue(string value)
    {
        switch (_field)
        {
            case Field.Problem when !KnownWords.MeansNothing(value):
                Report(KnownWords.Classify(value) is ResponseKind.Busy ? ResponseKind.Busy : ResponseKind.TargetRejected, $"{_names[0]} '{value}'");
                break;

            case Field.Word:
            case Field.Flag when value is not ("0" or "1"):
                ReportWord(value, KnownWords.Classify(value));
                break;

            case Field.Result when !double.TryParse(value, CultureInfo.InvariantCulture, out _) && KnownWords.Classify(value) is { } kind:
                ReportWord(value, kind);
                break;

            case Field.Flag:
                ReportWord(value, value == "1" ? ResponseKind.Ok : ResponseKind.TargetRejected);
                break;

            case Field.Code:
                ReportWord(value, value.Trim('0').Length == 0 ? ResponseKind.Ok : value[0] == '-' ? ResponseKind.TargetRejected : KnownWords.Classify(value));
                break;

            case Field.ErrorCode when value.Length > 0:
                ReportWord(value, value.Trim('0').Length == 0 ? ResponseKind.Ok : ResponseKind.TargetRejected);
                break;

            case Field.Message:
                _message ??= value;
                break;
        }
    }

    private void AddDeeper(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.PropertyName)
        {
            string name = token.GetString()!;
            _isMessage = KnownWords.Normalize(name) is "message" or "detail" or "reason" or "title" or "diagnostics";
            _isSeverity = name == "severity";
        }
        else if (token.TokenType == JsonTokenType.String && _field is Field.Problem or Field.Issue or Field.Other)
        {
            if (_isSeverity && _field == Field.Issue && token.GetString() is "error" or "fatal")
            {
                Report(ResponseKind.TargetRejected, "an issue of severity error");
            }

            if (_field is Field.Problem or Field.Issue && (_isMessage || token.CurrentDepth == 2))
            {
                _message ??= _isMessage || _field == Field.Problem ? token.GetString() : null;
            }
            else if (_isMessage && _kind is not null and not ResponseKind.Ok)
            {
                _message ??= token.GetString();
            }

            _isMessage = _isSeverity = false;
        }

        if (_field == Field.Problem && token.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
        {
            Report(ResponseKind.TargetRejected, _names[0]!);
        }
    }

    private void ReportWord(string value, ResponseKind? kind)
    {
        if (kind is { } known)
        {
            Report(known, $"{_names[0]} '{value}'");
        }
        else
        {
            ReportUnknown($"'{value}'", value);
        }
    }

    private void ReportUnknown(string shown, string value = "VALUE")
    {
        _names[1] = _kind is null ? $"--api-success {_names[0]}={value}" : _names[1];
        Report(ResponseKind.Mismatched, $"{_names[0]} {shown}");
    }

    /// <summary>Keeps the outcome that counts most, and the first evidence for it.</summary>
    private void Report(ResponseKind kind, string evidence)
    {
        if (_kind is null || Weight(kind) > Weight(_kind.Value))
        {
            _kind = kind;
            _evidence = evidence;
        }

        static int Weight(ResponseKind kind) => kind switch
        {
            ResponseKind.Mismatched => 0,
            ResponseKind.Ok => 1,
            ResponseKind.TargetRejected => 2,
            _ => 3,
        };
    }

    private static Field FieldOf(string name) => name switch
    {
        "errors" or "error" or "failures" or "failed" or "failedcount" or "failedrecordcount" or "rejected" or "rejectedcount" or "errorcount" or "unprocesseditems" or "exception" or "fault" => Field.Problem,
        "status" or "outcome" => Field.Word,
        "result" => Field.Result,
        "ok" or "success" or "succeeded" or "successful" or "issuccess" or "acknowledged" => Field.Flag,
        "code" or "statuscode" or "httpstatus" or "httpcode" => Field.Code,
        "errcode" or "errorcode" or "errno" or "retcode" => Field.ErrorCode,
        "issue" => Field.Issue,
        "message" or "msg" or "detail" or "title" or "reason" or "errmsg" or "errordescription" or "errormessage" => Field.Message,
        _ => Field.Other,
    };

    /// <summary>Returns the text of a string, and any other value as it is written.</summary>
    private static string TextOf(ref Utf8JsonReader token) => token.TokenType switch
    {
        JsonTokenType.String => token.GetString()!,
        _ => Encoding.UTF8.GetString(token.ValueSpan),
    };
}
