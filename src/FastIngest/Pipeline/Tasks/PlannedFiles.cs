using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>What a plan notes of files, so that each task finds out whether it sees the same ones.</summary>
internal static class PlannedFiles
{
    /// <summary>Returns what the plan notes of an open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="container">The path of the file itself, or of the archive that holds it; null if it is a pipe.</param>
    /// <param name="version">What tells this version of the container from another one; null if it is not on a server.</param>
    /// <param name="category">As in <see cref="PlannedFile.Category"/>.</param>
    /// <param name="dialect">As in <see cref="PlannedFile.Dialect"/>.</param>
    /// <exception cref="IngestException">Several tasks cannot read the file.</exception>
    public static PlannedFile Of(SourceFile file, string? container, string? version, string category, string dialect)
    {
        string path = container ?? throw new IngestException(
            $"{file.Path} is not a regular file, so that several tasks cannot read it.", "Write its content to a file first, and plan that file.");
        if (version is not null)
        {
            return new PlannedFile(file.Path, path, 0, 0, category, dialect, file.PackedLength) { Version = version };
        }

        FileInfo info = new(path);
        return new PlannedFile(file.Path, path, info.Length, info.LastWriteTimeUtc.Ticks, category, dialect, file.PackedLength);
    }

    /// <summary>Verifies size and time of files that are not on a server, and returns the paths of all.</summary>
    /// <exception cref="IngestException">A file is missing, or has changed since it was planned.</exception>
    public static HashSet<string> RequireUnchanged(IEnumerable<PlannedFile> files)
    {
        HashSet<string> containers = [];
        foreach (PlannedFile file in files)
        {
            if (containers.Add(file.Container) && file.Version is null)
            {
                RequireUnchanged(file);
            }
        }

        return containers;
    }

    /// <exception cref="IngestException">The file on the server is another one.</exception>
    public static void RequireVersion(PlannedFile planned, string? version)
    {
        if (version != planned.Version)
        {
            throw Changed(planned, $"its version was {planned.Version} and is {version}");
        }
    }

    private static void RequireUnchanged(PlannedFile file)
    {
        FileInfo now = new(file.Container);
        if (!now.Exists)
        {
            throw Changed(file, "it does not exist here");
        }

        if (now.Length != file.Size)
        {
            throw Changed(file, $"it had {file.Size} bytes and has {now.Length}");
        }

        if (now.LastWriteTimeUtc.Ticks != file.Modified)
        {
            throw Changed(file, $"it was last written at {new DateTime(file.Modified, DateTimeKind.Utc):O}, and then at {now.LastWriteTimeUtc:O}");
        }
    }

    public static IngestException Changed(PlannedFile file, string how) => new(
        $"{file.Container} is not the file that was planned: {how}.", "Every task must see the same files under the same paths. If the input has changed, plan again in another work folder.");
}
