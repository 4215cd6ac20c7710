namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The folder that the tasks of a run share.
/// <code>
/// plan.json                                          the plan
/// map/I.json      map/I.ATTEMPT.spill, .rejects      manifest and output of map task I
/// check.json                                         what the check found
/// reduce/R.json   reduce/R.ATTEMPT.rows              manifest and rows of reduce task R
/// notes/STEP-I.ATTEMPT.json                          what an attempt does, for status
/// finished.json                                      the run is complete
/// </code>
/// A step is done when its JSON file has its name. It gets that name with link(2) after everything it refers to is on the disk, so
/// that of several attempts the first one counts. Folders have the mode 0700, files 0600.
/// </summary>
internal sealed class WorkFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Path => path;

    public string PlanPath => Of("plan.json");

    public string CheckPath => Of("check.json");

    public string FinishedPath => Of("finished.json");

    public string MapFolder => Of("map");

    public string ReduceFolder => Of("reduce");

    public string NotesFolder => Of("notes");

    public bool IsFinished => File.Exists(FinishedPath);

    public string Of(string name) => System.IO.Path.Combine(path, name);

    public string MapManifest(int task) => System.IO.Path.Combine(MapFolder, $"{task}.json");

    public string ReduceManifest(int task) => System.IO.Path.Combine(ReduceFolder, $"{task}.json");

    /// <summary>Creates the folder and those in it.</summary>
    /// <exception cref="IngestException">It cannot be created.</exception>
    public void Create()
    {
        try
        {
            foreach (string folder in (string[])[path, MapFolder, ReduceFolder, NotesFolder])
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(path, e);
        }
    }

    /// <summary>Writes a file and gives it its name; false if that name is taken. Everything written before is on the disk then.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public static bool Commit(string name, ReadOnlySpan<byte> content)
    {
        string attempt = $"{name}.{Guid.NewGuid():N}";
        try
        {
            try
            {
                using (FileStream file = PrivateFile.Open(attempt, attempt, FileMode.CreateNew, FileShare.Read, 0))
                {
                    file.Write(content);
                    file.Flush(flushToDisk: true);
                }

                bool isFirst = FileLink.TryCreate(attempt, name);
                FolderSync.Do(System.IO.Path.GetDirectoryName(name)!);
                return isFirst;
            }
            finally
            {
                File.Delete(attempt);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(name, e);
        }
    }

    /// <inheritdoc cref="Commit(string, ReadOnlySpan{byte})"/>
    public static bool Commit<T>(string name, T value, JsonForm<T> form)
        where T : class => Commit(name, form.ToBytes(value));

    /// <summary>Reads a file; null if it is missing.</summary>
    /// <exception cref="IngestException">It cannot be read, or it is damaged.</exception>
    public static byte[]? TryReadBytes(string name)
    {
        try
        {
            return File.ReadAllBytes(name);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{name} cannot be read: {FaultText.OneLine(e.Message)}", "Check the work folder.", e) { MayPass = e is IOException };
        }
    }

    /// <inheritdoc cref="TryReadBytes"/>
    public static T? TryRead<T>(string name, JsonForm<T> form)
        where T : class => TryReadBytes(name) is { } bytes ? form.Parse(name, bytes) : null;

    /// <summary>Removes what killed attempts at the plan, the check and the end left in the folder itself.</summary>
    public void RemoveAttempts() => Delete(
        Directory.GetFiles(path).Where(file => new[] { PlanPath, CheckPath, FinishedPath }.Any(f => file.StartsWith(f + ".", StringComparison.Ordinal))));

    /// <summary>
    /// Removes the folders of the tasks. Each gets another name first: an attempt that still runs cannot add a file to it then, and fails
    /// or goes without its note.
    /// </summary>
    /// <exception cref="IngestException">A folder cannot be removed.</exception>
    public void RemoveTasks()
    {
        const string Removed = ".removed-";
        try
        {
            foreach (string folder in (string[])[MapFolder, ReduceFolder, NotesFolder])
            {
                try
                {
                    Directory.Move(folder, $"{folder}{Removed}{Guid.NewGuid():N}");
                }
                catch (DirectoryNotFoundException)
                {
                    // An earlier attempt has removed it.
                }
            }

            foreach (string folder in Directory.GetDirectories(path, "*" + Removed + "*"))
            {
                try
                {
                    Directory.Delete(folder, recursive: true);
                }
                catch (DirectoryNotFoundException)
                {
                    // Another attempt at the last step removes it, too.
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{path} cannot be cleared: {FaultText.OneLine(e.Message)}", "The run is complete; remove the folder yourself, or run finish once more.", e) { MayPass = true };
        }
    }

    /// <summary>Removes files of an attempt that did not count.</summary>
    public static void Delete(params IEnumerable<string> files)
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
