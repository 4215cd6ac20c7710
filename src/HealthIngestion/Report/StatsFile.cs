using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastIngest;
using FastIngest.Pipeline.Runs;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

namespace HealthIngestion.Report;

/// <summary>Writes the figures to the file that <c>--stats-json</c> names: the whole file, or none.</summary>
internal static class StatsFile
{
    /// <summary>Fails before the work begins where the file could not be written after it.</summary>
    public static void RejectMissingDirectory(string? path)
    {
        if (path is null or "-")
        {
            return;
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(directory))
        {
            throw new IngestException($"--stats-json {path}: there is no directory {directory}.", "Create it, or name another file.");
        }
    }

    /// <summary>An object that begins with the program's version.</summary>
    public static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new(4096);
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", VersionText.Version);
            json.WriteString("commit", VersionText.Commit);
            write(json);
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenMemory;
    }

    /// <summary>An array of texts.</summary>
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an array with one object for each item.</summary>
    /// <param name="json">Receives the array.</param>
    /// <param name="name">The key of the array.</param>
    /// <param name="items">The items.</param>
    /// <param name="write">Writes the members of an item's object.</param>
    public static void WriteObjects<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an array with one object for each target: its name, and its results or why it failed.</summary>
    public static void WriteSinks<TResult>(Utf8JsonWriter json, IEnumerable<SinkReport<TResult>> sinks, Action<TResult> write) =>
        WriteObjects(json, "sinks", sinks, sink =>
        {
            json.WriteString("target", sink.Target);
            if (sink.Result is { } result)
            {
                write(result);
            }
            else
            {
                json.WriteString("failed", Faults.Line(sink.Fault!));
            }
        });

    public static void Write(string path, ReadOnlyMemory<byte> json)
    {
        if (path == "-")
        {
            using Stream output = StandardStream.OpenOutput();
            output.Write(json.Span);
            return;
        }

        // A device is written as it is; a file appears under its name when it is complete.
        if (SpecialFile.Is(path))
        {
            File.WriteAllBytes(path, json.Span);
            return;
        }

        string partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            PrivateFile.Write(partial, path, json.Span);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            throw new IngestException(
                $"--stats-json {path} cannot be written: {fault.Message.TrimEnd('.')}. The other outputs of the run are complete.",
                "Name another file.",
                fault);
        }
    }
}
