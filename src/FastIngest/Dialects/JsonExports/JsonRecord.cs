using System.Text;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.JsonExports;

/// <summary>One JSON object of a file, with the fields that its layout names.</summary>
/// <param name="element">The bytes of the object.</param>
/// <param name="fields">Its fields, indexed like the names of the layout.</param>
/// <param name="offset">The offset of the object in the file, in bytes.</param>
/// <param name="scratch">A buffer for texts with escapes; texts stay valid until the next record.</param>
/// <param name="hasFieldsOnce">Whether each field that the layout names is certainly there at most once, in arrays too.</param>
internal readonly ref struct JsonRecord(ReadOnlySpan<byte> element, RecordFields fields, long offset, TextBuffer scratch, bool hasFieldsOnce = false)
{
    /// <summary>The bytes of the object.</summary>
    public ReadOnlySpan<byte> Element { get; } = element;

    /// <summary>The offset of the object in the file, in bytes.</summary>
    public long Offset => offset;

    /// <summary>The length of the object in bytes.</summary>
    public long Length => Element.Length;

    /// <summary>Whether each field that the layout names is certainly there at most once, in arrays too; false if it is not known.</summary>
    public bool HasFieldsOnce => hasFieldsOnce;

    /// <summary>Whether two fields are members of the same object, provided that they are there once and that neither holds an object or an array.</summary>
    public bool AreTogether(int one, int other)
    {
        (int from, int to) = fields[one].Start < fields[other].Start ? (fields[one].Start, fields[other].Start) : (fields[other].Start, fields[one].Start);
        return !Element[from..to].Contains((byte)'{');
    }

    /// <summary>The kind of the value of a field.</summary>
    public FieldKind Kind(int index) => fields[index].Kind;

    /// <summary>The offset of the value of a field in the object, in bytes; of a string, of its first character.</summary>
    public int Start(int index) => fields[index].Start;

    /// <summary>Whether a field is an object, and not an array whose members have the same paths.</summary>
    public bool IsObject(int index) => fields[index].Kind == FieldKind.Nested && Element[fields[index].Start] == '{';

    /// <summary>Whether a field is there and is not null.</summary>
    public bool Has(int index) => fields[index].Kind is not (FieldKind.Missing or FieldKind.Null);

    /// <summary>The decoded text of a string, or the text of a number; empty for any other value.</summary>
    public ReadOnlySpan<byte> Text(int index)
    {
        ref Field field = ref fields[index];
        ReadOnlySpan<byte> raw = field.Kind is FieldKind.Missing or FieldKind.Null or FieldKind.Nested ? default : Element.Slice(field.Start, field.Length);
        return field.Kind == FieldKind.EscapedString ? scratch.Unescape(raw) : raw;
    }

    /// <summary>Decodes the escapes of a text of the record; it stays valid until the next record.</summary>
    public ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> text) => text.Contains((byte)'\\') ? scratch.Unescape(text) : text;

    /// <summary>The bytes from the start of an object or an array on, to be read with a JSON reader; empty for any other value.</summary>
    public ReadOnlySpan<byte> Nested(int index) => fields[index].Kind == FieldKind.Nested ? Element[fields[index].Start..] : default;

    /// <summary>Reads a number, also one that is written as a string, and converts its unit. Counts a value that is something else.</summary>
    /// <param name="index">The index of the field.</param>
    /// <param name="factor">The conversion of the unit.</param>
    /// <param name="records">Counts unreadable values.</param>
    /// <returns>The number in micros; null when it is missing or unreadable.</returns>
    public long? Number(int index, in UnitFactor factor, Contract.RecordReceiver records)
    {
        ref Field field = ref fields[index];
        if (field.Kind is FieldKind.Missing or FieldKind.Null)
        {
            return null;
        }

        if (field.Kind == FieldKind.Decimal && factor == UnitFactor.One)
        {
            return fields.Micros(index);
        }

        ReadOnlySpan<byte> text = Text(index).Trim(" \t\r\n"u8);
        if (field.Kind is not (FieldKind.Boolean or FieldKind.Nested) && Quantity.TryParse(text, factor, out long micros))
        {
            return micros;
        }

        if (!text.IsEmpty || field.Kind is FieldKind.Boolean or FieldKind.Nested)
        {
            records.CountUnreadable(fields.Names.NameAt(index), Offset, text, field.Kind is FieldKind.String or FieldKind.EscapedString);
        }

        return null;
    }

    /// <summary>Shows the object as text, for tests and messages.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Element);
}

/// <summary>Holds the decoded texts of one record.</summary>
internal sealed class TextBuffer
{
    private byte[] _bytes = new byte[512];
    private int _length;

    /// <summary>Forgets the texts of the last record.</summary>
    public void Clear() => _length = 0;

    /// <summary>Decodes the escapes of a JSON string.</summary>
    public ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (_bytes.Length - _length < text.Length)
        {
            // Texts that were decoded before keep the old buffer alive.
            _bytes = new byte[Math.Max(_bytes.Length, text.Length) * 2];
            _length = 0;
        }

        Span<byte> target = _bytes.AsSpan(_length, text.Length);
        int length = JsonString.Unescape(text, target);
        _length += length;
        return target[..length];
    }
}
