using FastIngest.Health;
using FastIngest.Pipeline.Map;

namespace FastIngest.Pipeline;

/// <summary>
/// Writes the rejects file. The rejects of one file arrive in order, those of several files side by side, so each file
/// has a spool of its own; <see cref="Complete"/> puts them together. Memory stays flat whatever their number.
/// </summary>
internal sealed class RejectLog(HealthInput input, string path, int maxRecordBytes) : IDisposable
{
    private readonly RejectSpool?[] _spools = new RejectSpool?[input.Files.Count];
    private readonly string _spoolBase = RejectStream.BasePath(path);
    private readonly long[,] _counts = new long[Categories.Count, RejectReasons.Count];

    /// <summary>How many records of a category were rejected, for each reason that occurred.</summary>
    public IReadOnlyDictionary<RejectReason, long> CountsOf(Category category) => Enum.GetValues<RejectReason>()
        .Where(r => _counts[(int)category, (int)r] > 0)
        .ToDictionary(r => r, r => _counts[(int)category, (int)r]);

    /// <summary>Adds a reject of one file. Calls for the same file never overlap and come in file order.</summary>
    public void Add(int fileIndex, Reject reject)
    {
        Category category = input.Categories[fileIndex];
        RejectSpool spool = _spools[fileIndex] ??= new RejectSpool(
            input.Files[fileIndex], category, new RejectStream($"{_spoolBase}.partial-{fileIndex}", path), maxRecordBytes);
        spool.Write(reject);
        Interlocked.Increment(ref _counts[(int)category, (int)reject.Reason]);
    }

    /// <summary>Makes the rejects file, if anything was rejected. A file of that name is replaced.</summary>
    public void Complete() => RejectStream.Publish([.. _spools.OfType<RejectSpool>().Select(s => s.Stream)], path);

    public void Dispose()
    {
        foreach (RejectSpool? spool in _spools)
        {
            spool?.Stream.Dispose();
        }
    }
}
