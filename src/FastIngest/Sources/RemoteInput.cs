using FastIngest.Net;
using FastIngest.Net.S3;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Sources;

/// <summary>A file on a server.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Version">Its version, if a listing has named it.</param>
internal sealed record RemoteEntry(RemotePlace Place, ObjectVersion? Version);

/// <summary>A file on a server that was opened.</summary>
/// <param name="Open">Opens its bytes; may be called several times, while the input exists.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">What tells this version of it from another one; empty if the server names nothing.</param>
internal sealed record OpenedRemote(Func<SourceFile> Open, string Name, string Version);

/// <summary>Finds and opens the files of a run that are on servers. All of them share the connections and the memory for bytes that were read ahead.</summary>
/// <param name="options">How files are opened.</param>
/// <param name="unread">Receives the objects that are not read, and why.</param>
/// <param name="notes">Receives what the user should know of the servers.</param>
internal sealed class RemoteInput(InputOptions options, List<UnreadFile> unread, List<string> notes) : IDisposable
{
    private readonly RemoteClient _client = new(HttpTuning.Default, options.AllowsHttp, Environment.GetEnvironmentVariable, options.Stop);
    private readonly RangeCache _cache = new(options.ReadAheadBytes, options.Stop);
    private readonly HashSet<Uri> _seen = [];
    private readonly List<SafeFileHandle> _downloads = [];
    private S3Service? _s3;

    /// <summary>Finds the files at a path.</summary>
    /// <param name="path">A URL, or an object or a prefix in S3.</param>
    /// <exception cref="IngestException">The path is invalid, or a bucket cannot be listed.</exception>
    public IEnumerable<FoundFile> Find(string path)
    {
        if (!RemotePath.IsOfS3(path))
        {
            HttpPlace place = HttpPlace.Parse(path, options.AllowsHttp);
            return IsFirst(place) ? [Named(place)] : [];
        }

        (string bucket, string key) = S3Service.Split(path);
        _s3 ??= S3Service.Load(Environment.GetEnvironmentVariable);
        return RemotePath.IsFolder(path) ? List(bucket, key) : IsFirst(new S3Place(_s3, bucket, key)) ? [Named(new S3Place(_s3, bucket, key))] : [];
    }

    /// <summary>Opens a file. It is downloaded first if its server sends no parts.</summary>
    /// <exception cref="IngestException">The file does not exist, or it cannot be read.</exception>
    public OpenedRemote Open(RemoteEntry entry)
    {
        if (entry.Version is { } version)
        {
            RemoteObject listed = new(_client, new RemoteTarget(entry.Place), version);
            return new OpenedRemote(() => new RemoteFile(_cache, listed), entry.Place.FileName, version.Name);
        }

        OpenedObject opened = RemoteOpening.OpenAsync(_client, entry.Place, RangeCache.BlockBytes, options.TempDirectory).GetAwaiter().GetResult();
        if (opened.Object is { } source)
        {
            _cache.Add(source, opened.Head);
            return new OpenedRemote(() => new RemoteFile(_cache, source), opened.Name, opened.Version.Name);
        }

        _downloads.Add(opened.Download!);
        if (opened.Version.Length > RangeCache.BlockBytes)
        {
            notes.Add($"{entry.Place.DisplayName}: its server sends no parts of files, so that all {opened.Version.Length} bytes were copied to {options.TempDirectory} first.");
        }

        // The file has no name, but as long as it is open it can be opened once more.
        string path = $"/proc/self/fd/{opened.Download!.DangerousGetHandle()}";
        return new OpenedRemote(() => SourceFile.Open(path, options.Io, entry.Place.DisplayName), opened.Name, opened.Version.Name);
    }

    public void Dispose()
    {
        _downloads.ForEach(d => d.Dispose());
        _client.Dispose();
        _cache.Dispose();
    }

    private static FoundFile Named(RemotePlace place) => new(place.DisplayName, place.FileName, FileKind.Regular, IsNamed: true) { Remote = new RemoteEntry(place, null) };

    private List<FoundFile> List(string bucket, string prefix)
    {
        List<FoundFile> found = [];
        foreach (S3Item item in S3Listing.ListAsync(_client, _s3!, bucket, prefix).GetAwaiter().GetResult())
        {
            S3Place place = new(_s3!, bucket, item.Key);
            string relative = item.Key[prefix.Length..];
            string[] folders = relative.Split('/')[..^1];
            if (relative.Length == 0 || relative.EndsWith('/') || !IsFirst(place))
            {
                // Such an object stands for a folder.
                continue;
            }

            if (Array.Exists(folders, f => f.StartsWith('.') || f == "__MACOSX"))
            {
                unread.Add(new UnreadFile(place.DisplayName, "it is in a hidden folder"));
            }
            else if (folders.Length > 0 && !options.IsRecursive)
            {
                unread.Add(new UnreadFile(place.DisplayName, "subfolders are not read (--no-recursive)"));
            }
            else
            {
                found.Add(new FoundFile(place.DisplayName, relative, FileKind.Regular, IsNamed: false) { Remote = new RemoteEntry(place, item.Version) });
            }
        }

        return found;
    }

    private bool IsFirst(RemotePlace place)
    {
        bool isFirst = _seen.Add(place.Uri);
        if (!isFirst)
        {
            unread.Add(new UnreadFile(place.DisplayName, "it is named twice, and read once"));
        }

        return isFirst;
    }
}
