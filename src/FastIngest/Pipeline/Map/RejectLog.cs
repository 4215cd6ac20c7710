using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Writes the rejects file. The rejects of one input file arrive in order, but those of several files arrive concurrently;
/// therefore each input file has its own spool. <see cref="Complete"/> concatenates the spools. Memory stays constant.
/// </summary>
/// <param name="files">The input files.</param>
/// <param name="categories">The category of each input file.</param>
/// <param name="path">The path of the rejects file.</param>
/// <param name="maxRecordBytes">The maximum number of bytes kept of a record.</param>
internal sealed class RejectLog(IReadOnlyList<SourceFile> files, IReadOnlyList<Category> categories, string path, int maxRecordBytes) : IDisposable
{
    private readonly RejectSpool?[] _spools = new RejectSpool?[files.Count];
    private readonly string _spoolBase = RejectStream.BasePath(path);
    private readonly long[,] _counts = new long[Categories.Count, RejectReasons.Count];

    /// <summary>Returns the number of rejected records of a category for each reason that occurred.</summary>
    public IReadOnlyDictionary<RejectReason, long> CountsOf(Category category) => Enum.GetValues<RejectReason>()
        .Where(r => _counts[(int)category, (int)r] > 0)
        .ToDictionary(r => r, r => _counts[(int)category, (int)r]);

    /// <summary>Adds a reject of one file. Calls for the same file never overlap and arrive in file order.</summary>
    public void Add(int fileIndex, Reject reject)
    {
        Category category = categories[fileIndex];
        RejectSpool spool = _spools[fileIndex] ??= new RejectSpool(
            files[fileIndex], category, new RejectStream($"{_spoolBase}.partial-{fileIndex}", path), maxRecordBytes);
        spool.Write(reject);
        Interlocked.Increment(ref _counts[(int)category, (int)reject.Reason]);
    }

    /// <summary>Creates or replaces the rejects file, if anything was rejected.</summary>
    public void Complete() => RejectStream.Publish([.. _spools.OfType<RejectSpool>().Select(s => s.Stream)], path);

    public void Dispose()
    {
        foreach (RejectSpool? spool in _spools)
        {
            spool?.Stream.Dispose();
        }
    }
}
