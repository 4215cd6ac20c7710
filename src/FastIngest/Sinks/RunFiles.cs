using System.Buffers;
using System.Globalization;
using System.Text;
using FastIngest.Json;

namespace FastIngest.Sinks;

/// <summary>Formats the input files of a run for the table <c>ingest_runs</c>.</summary>
internal static class RunFiles
{
    /// <summary><c>[{"path": "data/sleep.json", "category": "sleep", "bytes": 1234}, …]</c></summary>
    public static ReadOnlySpan<byte> Json(IReadOnlyList<RunFile> files)
    {
        ArrayBufferWriter<byte> json = new();
        json.Write("["u8);
        foreach (RunFile file in files)
        {
            json.Write(json.WrittenCount > 1 ? ", {\"path\": "u8 : "{\"path\": "u8);
            JsonText.Write(json, Encoding.UTF8.GetBytes(file.Path));
            json.Write(", \"category\": "u8);
            JsonText.Write(json, Encoding.UTF8.GetBytes(file.Kind));
            json.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $", \"bytes\": {file.Bytes}}}")));
        }

        json.Write("]"u8);
        return json.WrittenSpan;
    }
}
