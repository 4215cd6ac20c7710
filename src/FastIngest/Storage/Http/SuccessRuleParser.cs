using System.Globalization;
using System.Text;
using System.Text.Json;
using FastIngest.Delivery;

namespace FastIngest.Storage.Http;

/// <summary>Compares the body of a response with the rules that the user gave. One of them must hold.</summary>
internal sealed class SuccessRuleParser(IReadOnlyList<SuccessRule> rules) : IResponseParser
{
    /// <summary>The place of the current token: at each depth the name of the property, or the index in the array.</summary>
    private readonly List<(string? Name, int Index)> _place = [];
    private readonly string _wanted = string.Join(" or ", rules.Select(r => r.Text));
    private bool _isMet;
    private string? _found;

    public bool IsRepeatable => true;

    public ResponseKind Kind => _isMet || rules.Any(r => r.IsAny) ? ResponseKind.Ok : ResponseKind.TargetRejected;

    public string? Error => Kind == ResponseKind.Ok ? null
        : _found is null ? $"a response without {_wanted}, which --api-success asks for" : $"{_found} in the response, but --api-success asks for {_wanted}";

    public void Reset()
    {
        _place.Clear();
        _isMet = false;
        _found = null;
    }

    public void AddText(string text) => _found = $"'{text.Trim()}'";

    public void Add(ref Utf8JsonReader token)
    {
        switch (token.TokenType)
        {
            case JsonTokenType.PropertyName:
                _place[^1] = (token.GetString(), 0);
                break;

            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Compare(null);
                _place.Add((null, 0));
                break;

            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _place.RemoveAt(_place.Count - 1);
                Advance();
                break;

            default:
                Compare(token.TokenType == JsonTokenType.String ? token.GetString()! : Encoding.UTF8.GetString(token.ValueSpan), token.TokenType == JsonTokenType.Null);
                Advance();
                break;
        }
    }

    private void Advance()
    {
        if (_place.Count > 0 && _place[^1] is (null, int index))
        {
            _place[^1] = (null, index + 1);
        }
    }

    /// <param name="value">The text of a scalar; null for an object or an array.</param>
    /// <param name="isNull">Whether the value is null in the body.</param>
    private void Compare(string? value, bool isNull = false)
    {
        foreach (SuccessRule rule in rules.Where(IsAt))
        {
            _isMet |= rule.Value == "*" ? !isNull : value == rule.Value;
            _found ??= $"{string.Join('.', rule.Path)} {(value is null ? "with an object or a list" : $"'{value}'")}";
        }
    }

    private bool IsAt(SuccessRule rule)
    {
        if (rule.Path.Count != _place.Count || rule.IsAny)
        {
            return false;
        }

        for (int i = 0; i < _place.Count; i++)
        {
            (string? name, int index) = _place[i];
            if ((name ?? index.ToString(CultureInfo.InvariantCulture)) != rule.Path[i])
            {
                return false;
            }
        }

        return true;
    }
}
