using System.Text.Json;
using System.Text.Unicode;

namespace FastIngest.Json;

/// <summary>The result of reading one JSON value.</summary>
public enum ReadStatus
{
    /// <summary>A complete object; the fields are set.</summary>
    Object,

    /// <summary>A complete value that is not an object; its text is not checked.</summary>
    OtherValue,

    /// <summary>A complete object that contains invalid UTF-8 or a lone surrogate.</summary>
    InvalidText,

    /// <summary>Not JSON; the length is the offset of the error.</summary>
    Invalid,

    /// <summary>The bytes end inside the value and more may follow.</summary>
    Incomplete,

    /// <summary>The value does not end within the maximum record size.</summary>
    TooLarge,
}

/// <summary>
/// Reads any JSON value with <see cref="Utf8JsonReader"/>. It is the reference that defines records and their fields.
/// </summary>
public static class GeneralReader
{
    /// <summary>
    /// Reads the value that starts at the first byte.
    /// </summary>
    /// <param name="data">The bytes, starting with the value.</param>
    /// <param name="isFinal">Whether <paramref name="data"/> reaches the end of the input; otherwise the value may be incomplete.</param>
    /// <param name="fields">Receives the fields if the value is an object.</param>
    /// <param name="length">The length of the value in bytes, or the offset of the error; 0 if incomplete.</param>
    /// <param name="isDamaged">Whether an error is likely, so that a search for it saves the cost of an exception.</param>
    public static ReadStatus Read(ReadOnlySpan<byte> data, bool isFinal, RecordFields fields, out int length, bool isDamaged = false)
    {
        fields.Clear();
        if (!data.IsEmpty && !StartsValue(data[0]))
        {
            length = 0;
            return ReadStatus.Invalid;
        }

        int error = isDamaged ? ErrorScan.Find(data) : ErrorScan.None;
        if (error != ErrorScan.None)
        {
            length = error;
            return ReadStatus.Invalid;
        }

        Utf8JsonReader reader = new(data, isFinal, state: default);
        try
        {
            if (!reader.Read())
            {
                length = 0;
                return ReadStatus.Incomplete;
            }

            bool isObject = reader.TokenType == JsonTokenType.StartObject;
            bool validText = true;
            bool whole = isObject
                ? ReadObject(ref reader, data, fields, ref validText)
                : reader.TokenType != JsonTokenType.StartArray || ReadNested(ref reader, ref validText);
            if (!whole)
            {
                length = 0;
                return ReadStatus.Incomplete;
            }

            length = (int)reader.BytesConsumed;
            return !isObject ? ReadStatus.OtherValue
                : validText && Utf8.IsValid(data[..length]) ? ReadStatus.Object : ReadStatus.InvalidText;
        }
        catch (JsonException e)
        {
            length = ErrorOffset(data, e);
            return ReadStatus.Invalid;
        }
    }

    /// <summary>Whether a byte can start a JSON value: detects the most common error without the cost of an exception.</summary>
    private static bool StartsValue(byte b) =>
        b is (byte)'{' or (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' || (uint)(b - '0') <= 9;

    private static bool ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, RecordFields fields, ref bool validText)
    {
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            CheckText(ref reader, ref validText);
            Field name = StringField(ref reader);
            int index = FindName(ref reader, fields.Names);
            if (!reader.Read())
            {
                return false;
            }

            Field value = ValueField(ref reader);
            if (value.Kind == FieldKind.EscapedString)
            {
                CheckText(ref reader, ref validText);
            }
            else if (value.Kind == FieldKind.Nested && !ReadInside(ref reader, data, fields, name, ref validText))
            {
                return false;
            }

            if (index >= 0)
            {
                fields[index] = value;
            }
            else if (fields.Names.TakesOthers)
            {
                fields.AddOther(name, value);
            }
            else if (fields.Names.Count > 0)
            {
                // A reader that looks for no names at all has no use for the others. Inside a path, the values are read.
                ReadOnlySpan<byte> text = data.Slice(name.Start, name.Length);
                if (!(fields.Names.HasPaths && value.Kind == FieldKind.Nested && fields.Names.IsPathStart(text)) && !fields.Names.IsReadElsewhere(text))
                {
                    fields.AddUnknown(new UnknownField(name, value.Kind == FieldKind.Null));
                }
            }
        }

        return false;
    }

    /// <summary>Reads the value of a member of the record, with the values inside it that have a path.</summary>
    private static bool ReadInside(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, RecordFields fields, Field name, ref bool validText)
    {
        if (!fields.Names.HasPaths || name.Length > FieldPath.MaxBytes)
        {
            return ReadNested(ref reader, ref validText);
        }

        int depth = reader.CurrentDepth;
        FieldPath path = new(stackalloc byte[FieldPath.MaxBytes], stackalloc int[FieldPath.MaxDepth]);
        path.Name(1, data.Slice(name.Start, name.Length));
        path.Enter(depth, isMember: true);
        int index = -1;
        bool isMember = false;

        // The depth of the member whose value is not looked into, and the name of a member that is not read.
        int closed = fields.Names.IsPathStart(path.Bytes) ? int.MaxValue : depth;
        Field? unread = null;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject && reader.CurrentDepth == depth)
            {
                return true;
            }

            CheckText(ref reader, ref validText);
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    index = path.Name(reader.CurrentDepth, reader.ValueSpan) ? fields.Names.Find(path.Bytes) : -1;
                    isMember = true;
                    closed = reader.CurrentDepth <= closed ? int.MaxValue : closed;
                    if (closed == int.MaxValue && !fields.Names.IsPathStart(path.Bytes))
                    {
                        closed = reader.CurrentDepth;
                        unread = index < 0 && !fields.Names.IsReadElsewhere(path.Bytes) ? StringField(ref reader) : null;
                    }

                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    path.Enter(reader.CurrentDepth, isMember);
                    break;
                default:
                    break;
            }

            if (unread is { } field)
            {
                fields.AddUnknown(new UnknownField(field, reader.TokenType == JsonTokenType.Null));
                unread = null;
            }

            if (index >= 0 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                fields[index] = ValueField(ref reader);
            }

            index = -1;
            isMember = false;
        }

        return false;
    }

    private static bool ReadNested(ref Utf8JsonReader reader, ref bool validText)
    {
        int depth = reader.CurrentDepth;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject && reader.CurrentDepth == depth)
            {
                return true;
            }

            CheckText(ref reader, ref validText);
        }

        return false;
    }

    /// <summary>Returns the field index of the property name that the reader is positioned at, or -1.</summary>
    internal static int FindName(ref Utf8JsonReader reader, FieldNames names)
    {
        if (!reader.ValueIsEscaped)
        {
            return names.Find(reader.ValueSpan);
        }

        Span<byte> text = reader.ValueSpan.Length <= 256 ? stackalloc byte[256] : new byte[reader.ValueSpan.Length];
        return names.Find(text[..JsonString.Unescape(reader.ValueSpan, text)]);
    }

    private static void CheckText(ref Utf8JsonReader reader, ref bool validText)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
        {
            validText &= !JsonString.HasLoneSurrogate(reader.ValueSpan);
        }
    }

    private static Field StringField(ref Utf8JsonReader reader) =>
        new((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped ? FieldKind.EscapedString : FieldKind.String);

    private static Field ValueField(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => StringField(ref reader),
        JsonTokenType.Number => new((int)reader.TokenStartIndex, reader.ValueSpan.Length, FieldKind.Number),
        JsonTokenType.True or JsonTokenType.False => new((int)reader.TokenStartIndex, reader.ValueSpan.Length, FieldKind.Boolean),
        JsonTokenType.Null => new((int)reader.TokenStartIndex, 4, FieldKind.Null),
        _ => new((int)reader.TokenStartIndex, 1, FieldKind.Nested),
    };

    /// <summary>The offset of the error in bytes. The exception reports a 0-based line and a byte in that line.</summary>
    private static int ErrorOffset(ReadOnlySpan<byte> data, JsonException e)
    {
        int offset = 0;
        for (long line = e.LineNumber ?? 0; line > 0; line--)
        {
            offset += data[offset..].IndexOf((byte)'\n') + 1;
        }

        return (int)Math.Min(offset + (e.BytePositionInLine ?? 0), data.Length);
    }
}
