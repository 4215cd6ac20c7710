using System.Text.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Weaviate;

/// <summary>Checks requests and responses against <c>tests/data/weaviate/openapi.json</c>. It supports the part of Swagger 2.0 that this file uses.</summary>
internal static class OpenApi
{
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.Root, "tests", "data", "weaviate", "openapi.json"))).RootElement;

    /// <summary>Returns the errors in the body of a request, one line per error.</summary>
    public static string[] CheckRequest(string path, string method, string body)
    {
        JsonElement parameter = Operation(path, method).GetProperty("parameters").EnumerateArray().Single(p => p.TryGetProperty("in", out JsonElement place) && place.GetString() == "body");
        return [.. Check(JsonDocument.Parse(body).RootElement, parameter.GetProperty("schema"), "body")];
    }

    /// <summary>Returns the errors in a response: an undefined status code, or a wrong body.</summary>
    public static string[] CheckResponse(string path, string method, int status, string body)
    {
        if (!Operation(path, method).GetProperty("responses").TryGetProperty(status.ToString(System.Globalization.CultureInfo.InvariantCulture), out JsonElement response))
        {
            return [$"{method} {path} never responds with {status}"];
        }

        return response.TryGetProperty("schema", out JsonElement schema) ? [.. Check(JsonDocument.Parse(body).RootElement, schema, "body")] : [];
    }

    private static JsonElement Operation(string path, string method) => Root.GetProperty("paths").GetProperty(path).GetProperty(method);

    private static IEnumerable<string> Check(JsonElement value, JsonElement schema, string place)
    {
        schema = Resolve(schema);
        if (value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        string? type = schema.TryGetProperty("type", out JsonElement named) ? named.GetString() : null;
        bool fits = type switch
        {
            // The server is generated from this file, and takes any value where no property is defined, such as the array of a named vector.
            "object" => value.ValueKind == JsonValueKind.Object || (!schema.TryGetProperty("properties", out _) && !schema.TryGetProperty("additionalProperties", out _)),
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" or "number" => value.ValueKind == JsonValueKind.Number,
            _ => true,
        };
        if (!fits)
        {
            return [$"{place} is {value.ValueKind}, not {type}"];
        }

        if (schema.TryGetProperty("enum", out JsonElement values) && values.EnumerateArray().All(v => v.ToString() != value.ToString()))
        {
            return [$"{place} is '{value}', which is none of {values}"];
        }

        if (schema.TryGetProperty("format", out JsonElement format) && format.GetString() == "uuid" && !value.TryGetGuid(out _))
        {
            return [$"{place} is '{value}', which is no UUID"];
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => CheckObject(value, schema, place),
            JsonValueKind.Array when schema.TryGetProperty("items", out JsonElement items) => value.EnumerateArray().SelectMany((v, i) => Check(v, items, $"{place}[{i}]")),
            _ => [],
        };
    }

    private static IEnumerable<string> CheckObject(JsonElement value, JsonElement schema, string place)
    {
        Dictionary<string, JsonElement> known = [];
        Collect(schema, known);
        bool isOpen = known.Count == 0;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (known.TryGetValue(property.Name, out JsonElement its))
            {
                foreach (string finding in Check(property.Value, its, $"{place}.{property.Name}"))
                {
                    yield return finding;
                }
            }
            else if (!isOpen)
            {
                yield return $"{place}.{property.Name} is not known";
            }
        }
    }

    /// <summary>The properties of a schema, including those of the schemas in its allOf.</summary>
    private static void Collect(JsonElement schema, Dictionary<string, JsonElement> known)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("allOf", out JsonElement parts))
        {
            foreach (JsonElement part in parts.EnumerateArray())
            {
                Collect(part, known);
            }
        }

        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                known[property.Name] = property.Value;
            }
        }
    }

    private static JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out JsonElement reference)
            ? reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(Root, (at, name) => at.GetProperty(name))
            : schema;
}
