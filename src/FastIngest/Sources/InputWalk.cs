namespace FastIngest.Sources;

/// <summary>An entry found under the given paths.</summary>
/// <param name="Path">The path shown to the user.</param>
/// <param name="Relative">The path below the given folder; for a given file, its name.</param>
/// <param name="Kind">The kind of the entry.</param>
/// <param name="IsNamed">Whether the user named the file itself.</param>
internal readonly record struct FoundFile(string Path, string Relative, FileKind Kind, bool IsNamed)
{
    /// <summary>Where the file is, if it is on a server.</summary>
    public RemoteEntry? Remote { get; init; }
}

/// <summary>
/// Finds the files under the given paths, in the byte order of their paths below each of them. Links are followed after
/// everything else, so that a file or folder with several names is visited once, by a name that is no link if there is one.
/// </summary>
/// <param name="isRecursive">Whether subfolders are visited.</param>
/// <param name="isExpected">Whether the name of a file says that it holds data of the run.</param>
/// <param name="unread">Receives what is not visited, and why.</param>
internal sealed class InputWalk(bool isRecursive, Func<string, bool> isExpected, List<UnreadFile> unread)
{
    private readonly Dictionary<FileStatus, string> _seen = [];
    private readonly Queue<(string Path, string Relative)> _links = [];

    /// <exception cref="IngestException">The path does not exist, or a folder cannot be listed.</exception>
    public IEnumerable<FoundFile> Find(string path, string hint)
    {
        FileStatus status = FileStatus.Of(path) ?? throw Missing(path, hint);
        if (status.Kind != FileKind.Folder)
        {
            return IsFirst(status, path) ? [new FoundFile(path, System.IO.Path.GetFileName(path), status.Kind, IsNamed: true)] : [];
        }

        List<FoundFile> found = [];
        if (IsFirst(status, path))
        {
            Visit(path, "", found);
        }

        while (_links.TryDequeue(out (string Path, string Relative) link))
        {
            Visit(link.Path, link.Relative, FileStatus.Of(link.Path), found);
        }

        return found.OrderBy(f => f.Relative, Utf8Order.Instance);
    }

    /// <summary>The error for a path that has no status: it does not exist, or a folder on the way to it may not be entered.</summary>
    private static IngestException Missing(string path, string hint)
    {
        try
        {
            _ = File.GetAttributes(path);
            return new IngestException($"{path} is a link to something that does not exist.", hint);
        }
        catch (UnauthorizedAccessException e)
        {
            return new IngestException($"{path} cannot be read: permission denied.", "Give this user the permission to enter its folder, or run as a user who may.", e);
        }
        catch (IOException)
        {
            return new IngestException($"{path} does not exist.", hint);
        }
    }

    private void Visit(string folder, string relative, List<FoundFile> found)
    {
        foreach (string path in List(folder))
        {
            string below = relative + System.IO.Path.GetFileName(path);
            FileStatus? status = FileStatus.OfEntry(path);
            if (status is { Kind: FileKind.Link })
            {
                _links.Enqueue((path, below));
            }
            else
            {
                Visit(path, below, status, found);
            }
        }
    }

    private void Visit(string path, string relative, FileStatus? entry, List<FoundFile> found)
    {
        string name = System.IO.Path.GetFileName(path);
        switch (entry)
        {
            case null:
                unread.Add(new UnreadFile(path, "it is a link to something that does not exist", IsExpected: isExpected(name)));
                break;
            case { Kind: FileKind.Folder } when name.StartsWith('.') || name == "__MACOSX":
                unread.Add(new UnreadFile(path + "/", "it is a hidden folder"));
                break;
            case { Kind: FileKind.Folder } when !isRecursive:
                unread.Add(new UnreadFile(path + "/", "subfolders are not read (--no-recursive)"));
                break;
            case { Kind: FileKind.Folder } status:
                if (IsFirst(status, path))
                {
                    Visit(path, relative + "/", found);
                }

                break;
            case { Kind: FileKind.Regular } when GeneratedMarker.IsMadeBesideData(path):
                break;
            case { Kind: FileKind.Regular } status:
                if (IsFirst(status, path))
                {
                    found.Add(new FoundFile(path, relative, FileKind.Regular, IsNamed: false));
                }

                break;
            default:
                unread.Add(new UnreadFile(path, "it is a pipe, a socket or a device", IsExpected: isExpected(name)));
                break;
        }
    }

    private bool IsFirst(FileStatus status, string path)
    {
        if (_seen.TryAdd(status, path))
        {
            return true;
        }

        if (_seen[status] != path)
        {
            unread.Add(new UnreadFile(path, $"it is another name of {_seen[status]}, which is read once"));
        }

        return false;
    }

    private static string[] List(string folder)
    {
        try
        {
            string[] entries = Directory.GetFileSystemEntries(folder);
            Array.Sort(entries, StringComparer.Ordinal);
            return entries;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IngestException($"{folder} cannot be listed: permission denied.", "Give this user the permission to read the folder, or run as a user who may.", e);
        }
        catch (IOException e)
        {
            throw new IngestException($"{folder} cannot be listed: {e.Message}", "Check the disk, or name other paths.", e);
        }
    }
}
