using System.Text.Json;
using FastIngest.Json;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Reads a flat JSON object of decimals, as PostgreSQL writes <c>jsonb</c>.</summary>
internal static class NumberObject
{
    /// <summary>Adds the members of the object; false for anything else.</summary>
    /// <param name="json">The JSON in UTF-8.</param>
    /// <param name="members">Receives the decoded names and the numbers in micros.</param>
    public static bool TryRead(ReadOnlySpan<byte> json, List<(byte[] Name, long Micros)> members)
    {
        Utf8JsonReader reader = new(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            byte[] name = new byte[reader.ValueSpan.Length];
            int length = reader.CopyString(name);
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !DecimalParser.TryParse(reader.ValueSpan, out long micros))
            {
                return false;
            }

            members.Add((name[..length], micros));
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }
}
