using System.Text.Json;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// How a file of a work folder is written as JSON and read back. The forms are written by hand: a serializer would add a megabyte to the
/// binary, and the order of the bytes, of which the id of a run is made, is that of the code.
/// </summary>
/// <param name="Write">Writes the properties of the root object.</param>
/// <param name="Read">Reads the root object; any exception of <see cref="JsonElement"/> means that it is damaged.</param>
internal sealed record JsonForm<T>(Action<Utf8JsonWriter, T> Write, Func<JsonElement, T> Read)
    where T : class
{
    private static readonly JsonWriterOptions Options = new() { Indented = true };

    public byte[] ToBytes(T value)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            Write(json, value);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <exception cref="IngestException">The content is damaged.</exception>
    public T Parse(string name, byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new IngestException($"{name} is damaged: {FaultText.OneLine(e.Message)}", "Remove it, and run the step that writes it once more.", e);
        }
    }
}

/// <summary>The parts of which the forms are made.</summary>
internal static class JsonParts
{
    public static void WriteList<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
        where T : class
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    public static void WriteNumbers(this Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    public static T[] List<T>(this JsonElement element, string name, Func<JsonElement, T> read)
        where T : class
    {
        JsonElement array = element.GetProperty(name);
        T[] items = new T[array.GetArrayLength()];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = read(array[i]);
        }

        return items;
    }

    public static string[] Texts(this JsonElement element, string name) => element.List(name, e => e.GetString() ?? throw new JsonException($"{name} is null"));

    public static long[] Numbers(this JsonElement element, string name)
    {
        JsonElement array = element.GetProperty(name);
        long[] numbers = new long[array.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = array[i].GetInt64();
        }

        return numbers;
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new JsonException($"{name} is null");

    public static int Int(this JsonElement element, string name) => element.GetProperty(name).GetInt32();

    public static long Long(this JsonElement element, string name) => element.GetProperty(name).GetInt64();

    public static bool Flag(this JsonElement element, string name) => element.GetProperty(name).GetBoolean();

    /// <summary>The element, or null for JSON's null.</summary>
    public static JsonElement? Optional(this JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;
}
