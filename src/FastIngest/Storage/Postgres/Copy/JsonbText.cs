using System.Buffers;
using System.Text.Json;
using FastIngest.Json;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>
/// Writes a flat JSON object of numbers as PostgreSQL shows it as <c>jsonb</c>: shorter names first, names of one length by their bytes, and
/// numbers without an exponent.
/// </summary>
internal sealed class JsonbText
{
    private readonly List<(byte[] Name, byte[] Number)> _members = [];
    private readonly ArrayBufferWriter<byte> _text = new(1024);

    /// <summary>Returns the text, which is valid until the next call.</summary>
    /// <param name="json">An object of <c>MeasurementJson</c>: each name occurs once.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> json)
    {
        _members.Clear();
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            byte[] name = new byte[reader.ValueSpan.Length];
            int length = reader.CopyString(name);
            reader.Read();
            _members.Add((name[..length], Plain(reader.ValueSpan)));
        }

        _members.Sort(static (a, b) => a.Name.Length != b.Name.Length ? a.Name.Length - b.Name.Length : a.Name.AsSpan().SequenceCompareTo(b.Name));
        _text.ResetWrittenCount();
        foreach ((byte[] name, byte[] number) in _members)
        {
            _text.Write(_text.WrittenCount > 0 ? ", "u8 : "{"u8);
            JsonText.Write(_text, name);
            _text.Write(": "u8);
            _text.Write(number);
        }

        _text.Write(_members.Count > 0 ? "}"u8 : "{}"u8);
        return _text.WrittenSpan;
    }

    /// <summary>Only numbers below 10^-4 have an exponent; as micros they are exact.</summary>
    private static byte[] Plain(ReadOnlySpan<byte> number)
    {
        if (!number.Contains((byte)'e') || !DecimalParser.TryParse(number, out long micros))
        {
            return number.ToArray();
        }

        Span<byte> text = stackalloc byte[DecimalText.MaxBytes];
        return text[..DecimalText.Write(text, micros)].ToArray();
    }
}
