using FastIngest;
using HealthIngestion.Terminal;

namespace HealthIngestion.Report;

/// <summary>Puts the figures where <c>--stats-json</c> asks: whole, or not at all.</summary>
internal static class StatsFile
{
    /// <summary>Fails before the work begins where the file could not be written after it.</summary>
    public static void RefuseMissingDirectory(string? path)
    {
        if (path is null or "-")
        {
            return;
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(directory))
        {
            throw new IngestException($"--stats-json {path}: there is no directory {directory}.", "Make it, or name another file.");
        }
    }

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
            File.WriteAllBytes(partial, json.Span);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            throw new IngestException(
                $"--stats-json {path} cannot be written: {fault.Message.TrimEnd('.')}. The summaries themselves are complete.",
                "Name another file.",
                fault);
        }
    }
}
