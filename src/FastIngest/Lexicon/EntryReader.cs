using System.Text.Json;
using FastIngest.Json;

namespace FastIngest.Lexicon;

/// <summary>Finds the texts of an entry with <see cref="Utf8JsonReader"/>: the reference for what an entry's fields are.</summary>
internal static class EntryReader
{
    /// <summary>Reads a record that is one whole JSON object.</summary>
    public static void Read(ReadOnlySpan<byte> record, EntryFields fields)
    {
        fields.Clear();
        Utf8JsonReader reader = new(record);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int index = GeneralReader.FindName(ref reader, EntryFields.Names);
            reader.Read();
            switch (index)
            {
                case < 0:
                    reader.Skip();
                    break;
                case EntryFields.Senses:
                    fields.KeepGlosses(0);
                    ReadList(ref reader, fields, ReadSense);
                    break;
                case EntryFields.Sounds:
                    fields.SoundIpa = default;
                    ReadList(ref reader, fields, ReadSound);
                    break;
                default:
                    fields[index] = StringOrMissing(ref reader);
                    break;
            }
        }
    }

    private delegate void ItemReader(ref Utf8JsonReader reader, EntryFields fields);

    private static void ReadList(ref Utf8JsonReader reader, EntryFields fields, ItemReader item)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                item(ref reader, fields);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadSense(ref Utf8JsonReader reader, EntryFields fields)
    {
        int before = fields.GlossCount;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isGlosses = reader.ValueTextEquals("glosses"u8);
            reader.Read();
            if (isGlosses)
            {
                fields.KeepGlosses(before);
                ReadGlosses(ref reader, fields);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadGlosses(ref Utf8JsonReader reader, EntryFields fields)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Field gloss = StringOrMissing(ref reader);
            if (gloss.Kind != FieldKind.Missing)
            {
                fields.AddGloss(gloss);
            }
        }
    }

    private static void ReadSound(ref Utf8JsonReader reader, EntryFields fields)
    {
        Field ipa = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIpa = reader.ValueTextEquals("ipa"u8);
            reader.Read();
            if (isIpa)
            {
                ipa = StringOrMissing(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (fields.SoundIpa.Kind == FieldKind.Missing)
        {
            fields.SoundIpa = ipa;
        }
    }

    private static Field StringOrMissing(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new Field((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped ? FieldKind.EscapedString : FieldKind.String);
        }

        reader.Skip();
        return default;
    }
}
