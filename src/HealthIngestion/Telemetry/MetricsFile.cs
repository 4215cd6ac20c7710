using FastIngest;

namespace HealthIngestion.Telemetry;

/// <summary>
/// The file that <c>--metrics-file</c> names. Each version of it replaces the one before with a rename, so that a reader sees a whole
/// one. It holds counts and times alone and no health data, so that it is readable by all, as far as the umask allows: the exporter
/// that reads it is another user.
/// </summary>
internal static class MetricsFile
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Fails before the work begins where the file could not be written.</summary>
    /// <exception cref="IngestException">There is no such directory.</exception>
    public static void RejectMissingDirectory(string path)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(directory))
        {
            throw new IngestException($"--metrics-file {path}: there is no directory {directory}.", "Create it, or name another file.");
        }

        if (Directory.Exists(path) || SpecialFile.Is(path))
        {
            throw new IngestException($"--metrics-file {path} is not a regular file.", "Name a file, such as health.prom in the folder of the exporter.");
        }
    }

    /// <summary>Replaces the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> text)
    {
        // The exporter reads *.prom: this name is none of them.
        string next = $"{path}.{Environment.ProcessId}.partial";
        FileStreamOptions options = new() { Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Readable;
        }

        try
        {
            using (FileStream file = NewFile.Create(next, options))
            {
                file.Write(text);
            }

            File.Move(next, path, overwrite: true);
        }
        catch
        {
            File.Delete(next);
            throw;
        }
    }
}
