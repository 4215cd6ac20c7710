using FastIngest.Shuffle.Shared;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// A work folder on a file system that all machines see. A file gets its name with link(2) after it is on the disk. Folders have
/// the mode 0700, files 0600.
/// </summary>
internal sealed class FolderWorkStore(string path) : IWorkStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string PathOf(string name) => Path.Combine(path, name);

    public void Create(IEnumerable<string> folders)
    {
        try
        {
            foreach (string folder in (string[])[path, .. folders.Select(PathOf)])
            {
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder);
                }
                else
                {
                    Directory.CreateDirectory(folder, OwnerOnly);
                }
            }
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IngestException($"{path} is a file, not a folder.", "Name another work folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(path, e);
        }
    }

    public bool Commit(string name, ReadOnlySpan<byte> content)
    {
        string full = PathOf(name), attempt = $"{full}.{Guid.NewGuid():N}";
        try
        {
            try
            {
                using (FileStream file = PrivateFile.Open(attempt, attempt, FileMode.CreateNew, FileShare.Read, 0))
                {
                    file.Write(content);
                    file.Flush(flushToDisk: true);
                }

                bool isFirst = FileLink.TryCreate(attempt, full);
                FolderSync.Do(Path.GetDirectoryName(full)!);
                return isFirst;
            }
            finally
            {
                File.Delete(attempt);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(full, e);
        }
    }

    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        string full = PathOf(name), next = full + ".next";
        try
        {
            PrivateFile.Write(next, full, content);
            File.Move(next, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DeleteFiles([next]);
            throw CanNotWrite(full, e);
        }
    }

    public byte[]? TryRead(string name)
    {
        try
        {
            return File.ReadAllBytes(PathOf(name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{PathOf(name)} cannot be read: {FaultText.OneLine(e.Message)}", "Check the work folder.", e) { MayPass = e is IOException };
        }
    }

    public bool Exists(string name) => File.Exists(PathOf(name));

    public ISharedOutput Write(string name, string tempDirectory) => new LocalSharedOutput(PathOf(name));

    public ISharedFile Open(string name) => new LocalSharedFile(PathOf(name));

    public IEnumerable<WorkFile> List(string folder)
    {
        try
        {
            return [.. Directory.GetFiles(PathOf(folder)).Select(f => new WorkFile($"{folder}/{Path.GetFileName(f)}", File.GetLastWriteTimeUtc(f)))];
        }
        catch (DirectoryNotFoundException)
        {
            // The last step has removed it.
            return [];
        }
    }

    public void Delete(IEnumerable<string> names) => DeleteFiles(names.Select(PathOf));

    public void DeleteAttempts(IEnumerable<string> names)
    {
        string[] finished = [.. names.Select(n => PathOf(n) + ".")];
        DeleteFiles(Directory.GetFiles(path).Where(file => Array.Exists(finished, f => file.StartsWith(f, StringComparison.Ordinal))));
    }

    public void DeleteFolder(string folder)
    {
        // It gets another name first: an attempt that still runs cannot add a file to it then, and fails or goes without its note.
        string removed = folder + ".removed-";
        try
        {
            if (Directory.Exists(PathOf(folder)))
            {
                Directory.Move(PathOf(folder), PathOf($"{removed}{Guid.NewGuid():N}"));
            }

            foreach (string found in Directory.GetDirectories(path, removed + "*"))
            {
                Directory.Delete(found, recursive: true);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Another attempt at the last step removes it, too.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException(
                $"{PathOf(folder)} cannot be removed: {FaultText.OneLine(e.Message)}", "The run is complete; remove the folder yourself, or run finish once more.", e)
            { MayPass = true };
        }
    }

    private static void DeleteFiles(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The last step removes what is left.
            }
        }
    }

    private static IngestException CanNotWrite(string name, Exception e) => new(
        $"{name} cannot be written: {FaultText.OneLine(e.Message)}", "Check the work folder, its permissions and the space on its disk.", e)
    { MayPass = e is IOException };
}
