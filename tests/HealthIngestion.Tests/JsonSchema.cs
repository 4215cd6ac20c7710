using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>Compares JSON with the part of JSON Schema that the description of the API uses.</summary>
internal static class JsonSchema
{
    /// <summary>Follows a reference within a document.</summary>
    public static JsonElement Resolve(JsonElement document, JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out JsonElement reference))
        {
            return schema;
        }

        JsonElement at = document;
        foreach (string part in reference.GetString()!.Split('/').Skip(1))
        {
            at = at.GetProperty(part);
        }

        return at;
    }

    /// <summary>Returns what is wrong with a value; empty for nothing.</summary>
    public static string Fault(JsonElement document, JsonElement schema, JsonElement value)
    {
        schema = Resolve(document, schema);
        string[] types = [.. schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several ? several.EnumerateArray().Select(t => t.GetString()!) : [schema.GetProperty("type").GetString()!]];
        string type = value.ValueKind switch
        {
            JsonValueKind.Null => "null",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Array => "array",
            JsonValueKind.Object => "object",
            _ => types.Contains("integer") && !value.GetRawText().Contains('.', StringComparison.Ordinal) ? "integer" : "number",
        };
        if (!types.Contains(type))
        {
            return $"{value.GetRawText()} is {type}, not {string.Join(" or ", types)}";
        }

        if (type == "array")
        {
            return value.EnumerateArray().Select(v => Fault(document, schema.GetProperty("items"), v)).FirstOrDefault(f => f.Length > 0, "");
        }

        if (type != "object" || !schema.TryGetProperty("properties", out JsonElement properties))
        {
            return "";
        }

        foreach (JsonElement required in schema.GetProperty("required").EnumerateArray())
        {
            if (!value.TryGetProperty(required.GetString()!, out _))
            {
                return $"{required.GetString()} is missing";
            }
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            string fault = properties.TryGetProperty(property.Name, out JsonElement described) ? Fault(document, described, property.Value) : "it is not described";
            if (fault.Length > 0)
            {
                return $"{property.Name}: {fault}";
            }
        }

        return "";
    }
}
