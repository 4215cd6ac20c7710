using System.Collections.Concurrent;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Writes the rejects file. The rejects of one input file arrive in order, but those of several files arrive concurrently;
/// therefore each part of a file has its own spool. <see cref="Complete"/> concatenates the spools in the order of the files.
/// Memory stays constant.
/// </summary>
/// <param name="path">The path of the rejects file.</param>
/// <param name="maxRecordBytes">The maximum number of bytes kept of a record.</param>
/// <param name="hasRaw">Whether the file contains the text of the records.</param>
internal sealed class RejectLog(string path, int maxRecordBytes, bool hasRaw = true) : IRejectLog, IDisposable
{
    private readonly ConcurrentDictionary<(int File, int Part), RejectSpool> _spools = new();
    private readonly ConcurrentDictionary<int, string> _cutOff = new();
    private readonly string _spoolBase = RejectStream.BasePath(path);
    private readonly long[,] _counts = new long[Categories.Count, RejectReasons.Count];

    /// <summary>The files that end in the middle of a record, an array or a wrapper object, in file order.</summary>
    public IReadOnlyList<string> CutOff => [.. _cutOff.OrderBy(f => f.Key).Select(f => f.Value)];

    /// <summary>Returns the number of rejected records of a category for each reason that occurred.</summary>
    public IReadOnlyDictionary<RejectReason, long> CountsOf(Category category) => Enum.GetValues<RejectReason>()
        .Where(r => _counts[(int)category, (int)r] > 0)
        .ToDictionary(r => r, r => _counts[(int)category, (int)r]);

    /// <summary>Adds a reject of a part of a file. Calls for the same part never overlap and arrive in file order.</summary>
    public void Add(FilePlan part, Reject reject) => Add(RejectSource.Of(part), reject);

    /// <inheritdoc cref="Add(FilePlan, Reject)"/>
    public void Add(RejectSource source, Reject reject)
    {
        if (!_spools.TryGetValue(source.Place, out RejectSpool? spool))
        {
            RejectStream stream = new($"{_spoolBase}.partial-{source.FileIndex}-{source.Part}", path);
            spool = _spools[source.Place] = new RejectSpool(source.File, source.Category, stream, maxRecordBytes, hasRaw);
        }

        spool.Write(reject);
        Interlocked.Increment(ref _counts[(int)source.Category, (int)reject.Reason]);
    }

    /// <summary>Adds the reject of a file that ends before its array or wrapper object is closed; false when a cut record at the end is already rejected.</summary>
    public bool AddCutOff(FilePlan part)
    {
        part.File.ReadToEnd();
        return AddCutOff(RejectSource.Of(part), part.File.Length);
    }

    /// <inheritdoc cref="AddCutOff(FilePlan)"/>
    public bool AddCutOff(RejectSource source, long fileLength)
    {
        _cutOff[source.FileIndex] = source.File.Path;
        if (_spools.TryGetValue(source.Place, out RejectSpool? spool) && spool.End == fileLength)
        {
            return false;
        }

        Add(source, new Reject(fileLength, 0, RejectReason.CutOff));
        return true;
    }

    /// <summary>Closes the file of a part of which no further reject comes, because a run may have more parts than a process may open files.</summary>
    public void Close(FilePlan part) => Close(RejectSource.Of(part), part.File.Length);

    /// <inheritdoc cref="Close(FilePlan)"/>
    public void Close(RejectSource source, long fileLength)
    {
        if (_spools.TryGetValue(source.Place, out RejectSpool? spool))
        {
            if (spool.EndsInRecord && spool.End == fileLength)
            {
                _cutOff[source.FileIndex] = source.File.Path;
            }

            spool.Close();
        }
    }

    /// <summary>Creates or replaces the rejects file, or removes that of an earlier run if nothing was rejected.</summary>
    /// <returns>A warning for the user; null for none.</returns>
    public string? Complete() => RejectStream.Publish([.. _spools.OrderBy(s => s.Key).Select(s => s.Value.Stream)], path);

    public void Dispose()
    {
        foreach (RejectSpool spool in _spools.Values)
        {
            spool.Stream.Dispose();
        }
    }
}

/// <summary>The part of a file that rejects come from.</summary>
/// <param name="File">The file.</param>
/// <param name="FileIndex">The index of the file.</param>
/// <param name="Part">The index of the part.</param>
/// <param name="Category">The category of its records.</param>
internal readonly record struct RejectSource(SourceFile File, int FileIndex, int Part, Category Category)
{
    public (int File, int Part) Place => (FileIndex, Part);

    public static RejectSource Of(FilePlan plan) => new(plan.File, plan.FileIndex, plan.Part, plan.Category);
}
