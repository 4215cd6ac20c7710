using System.Text.Json;

namespace FastIngest.Json.Structural;

/// <summary>
/// A cursor based on <see cref="Utf8JsonReader"/>, for a value that <see cref="GeneralReader"/> accepted. It is the
/// reference for <see cref="StructureCursor{TLanes}"/>.
/// </summary>
internal ref struct PlainCursor : IValueCursor
{
    private Utf8JsonReader _reader;
    private byte[] _name = [];

    public PlainCursor(ReadOnlySpan<byte> value)
    {
        _reader = new Utf8JsonReader(value);
        _reader.Read();
    }

    public readonly byte First => _reader.TokenType switch
    {
        JsonTokenType.StartObject => (byte)'{',
        JsonTokenType.StartArray => (byte)'[',
        JsonTokenType.String => (byte)'"',
        _ => _reader.ValueSpan[0],
    };

    public readonly void Enter()
    {
    }

    public bool NextMember(out ReadOnlySpan<byte> name)
    {
        _reader.Read();
        name = default;
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        name = _reader.ValueSpan;
        if (_reader.ValueIsEscaped)
        {
            _name = new byte[name.Length];
            name = _name.AsSpan(0, JsonString.Unescape(name, _name));
        }

        _reader.Read();
        return true;
    }

    public bool NextItem()
    {
        _reader.Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    public readonly Field TakeString() =>
        new((int)_reader.TokenStartIndex + 1, _reader.ValueSpan.Length, _reader.ValueIsEscaped ? FieldKind.EscapedString : FieldKind.String);

    public void Skip() => _reader.Skip();
}
