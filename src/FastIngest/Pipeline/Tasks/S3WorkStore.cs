using FastIngest.Net;
using FastIngest.Net.S3;
using FastIngest.Shuffle.Shared;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// A work folder in S3. A file that decides is stored with a condition: only if there is none of its name (If-None-Match). What an attempt
/// writes is collected in a temporary file without a name, and uploaded when it is complete; it is read in parts.
/// </summary>
internal sealed class S3WorkStore : IWorkStore
{
    private const long CacheBytes = 8L << 20;

    private readonly S3Bucket _bucket;
    private readonly RangeCache _cache;
    private readonly string _prefix;

    private S3WorkStore(S3Bucket bucket, RangeCache cache, string prefix) => (_bucket, _cache, _prefix) = (bucket, cache, prefix);

    /// <param name="path">The path of the folder, <c>s3://BUCKET/PREFIX</c>.</param>
    /// <param name="stop">Ends transfers.</param>
    /// <exception cref="IngestException">The path or the settings of S3 are invalid.</exception>
    public static S3WorkStore At(string path, CancellationToken stop)
    {
        (string bucket, string key) = S3Service.Split(path);
        RemoteClient client = new(HttpTuning.Default, allowsHttp: false, Environment.GetEnvironmentVariable, stop);
        string prefix = key.Trim('/');
        return prefix.Length > 0
            ? new S3WorkStore(new S3Bucket(client, S3Service.Load(Environment.GetEnvironmentVariable), bucket), new RangeCache(CacheBytes, stop), prefix + "/")
            : throw new IngestException($"{path} names no folder for a run.", "Write s3://BUCKET/PREFIX.");
    }

    public string PathOf(string name) => $"{RemotePath.S3}{_bucket.Name}/{_prefix}{name}";

    public void Create(IEnumerable<string> folders)
    {
        string probe = $"{_prefix}probe.{Guid.NewGuid():N}";
        bool isFirst = _bucket.TryCreate(probe, default), isSecond = _bucket.TryCreate(probe, default);
        _bucket.TryDelete(probe);
        if (!isFirst || isSecond)
        {
            throw new IngestException(
                $"{PathOf("")} cannot be a work folder: its server ignores the condition If-None-Match, so that two attempts at a task could both count.", "Use a server that honours it, or a folder of a file system.");
        }
    }

    public bool Commit(string name, ReadOnlySpan<byte> content) => _bucket.TryCreate(_prefix + name, content.ToArray());

    public void Replace(string name, ReadOnlySpan<byte> content) => _bucket.Write(_prefix + name, content.ToArray());

    public byte[]? TryRead(string name) => _bucket.TryRead(_prefix + name);

    public bool Exists(string name) => _bucket.TryOpen(_prefix + name) is not null;

    public ISharedOutput Write(string name, string tempDirectory) => new Output(this, name, tempDirectory);

    public ISharedFile Open(string name) =>
        _bucket.TryOpen(_prefix + name) is { } source ? new Opened(_cache, source) : throw new FileNotFoundException($"{PathOf(name)} does not exist.");

    public IEnumerable<WorkFile> List(string folder) => _bucket.List($"{_prefix}{folder}/").Select(i => new WorkFile(i.Key[_prefix.Length..], i.Written));

    public void Delete(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            _bucket.TryDelete(_prefix + name);
        }
    }

    /// <summary>Nothing: such a file is there as a whole, or not at all.</summary>
    public void DeleteAttempts(IEnumerable<string> names)
    {
    }

    public void DeleteFolder(string folder)
    {
        bool isDone = true;
        Parallel.ForEach(
            _bucket.List($"{_prefix}{folder}/"),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            item =>
            {
                if (!_bucket.TryDelete(item.Key, retries: true))
                {
                    Volatile.Write(ref isDone, false);
                }
            });
        if (!isDone)
        {
            throw new IngestException($"{PathOf(folder)} cannot be removed.", "The run is complete; remove it yourself, or run finish once more.") { MayPass = true };
        }
    }

    private sealed class Opened(RangeCache cache, RemoteObject source) : ISharedFile
    {
        public long Length => source.Length;

        public int Read(Span<byte> target, long offset)
        {
            int count = (int)Math.Clamp(source.Length - offset, 0, target.Length);
            cache.Read(source, target[..count], offset);
            return count;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Output(S3WorkStore store, string name, string tempDirectory) : ISharedOutput
    {
        public string Path => store.PathOf(name);

        public FileStream Create(int bufferBytes) => new(UnnamedFile.Create(tempDirectory, "work"), FileAccess.ReadWrite, bufferBytes);

        public void Publish(FileStream file)
        {
            file.Flush();
            store._bucket.Upload(store._prefix + name, file.SafeFileHandle, RandomAccess.GetLength(file.SafeFileHandle));
        }
    }
}
