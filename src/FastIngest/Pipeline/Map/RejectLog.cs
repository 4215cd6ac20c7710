using System.Collections.Concurrent;
using FastIngest.Dialects.Contract;
using FastIngest.Health;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Writes the rejects file. The rejects of one input file arrive in order, but those of several files arrive concurrently;
/// therefore each part of a file has its own spool. <see cref="Complete"/> concatenates the spools in the order of the files.
/// Memory stays constant.
/// </summary>
/// <param name="path">The path of the rejects file.</param>
/// <param name="maxRecordBytes">The maximum number of bytes kept of a record.</param>
/// <param name="hasRaw">Whether the file contains the text of the records.</param>
internal sealed class RejectLog(string path, int maxRecordBytes, bool hasRaw = true) : IDisposable
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
    public void Add(FilePlan part, Reject reject)
    {
        (int, int) place = (part.FileIndex, part.Part);
        if (!_spools.TryGetValue(place, out RejectSpool? spool))
        {
            RejectStream stream = new($"{_spoolBase}.partial-{part.FileIndex}-{part.Part}", path);
            spool = _spools[place] = new RejectSpool(part.File, part.Category, stream, maxRecordBytes, hasRaw);
        }

        spool.Write(reject);
        Interlocked.Increment(ref _counts[(int)part.Category, (int)reject.Reason]);
    }

    /// <summary>Adds the reject of a file that ends before its array or wrapper object is closed; false when a cut record at the end is already rejected.</summary>
    public bool AddCutOff(FilePlan part)
    {
        part.File.ReadToEnd();
        _cutOff[part.FileIndex] = part.File.Path;
        if (_spools.TryGetValue((part.FileIndex, part.Part), out RejectSpool? spool) && spool.End == part.File.Length)
        {
            return false;
        }

        Add(part, new Reject(part.File.Length, 0, RejectReason.CutOff));
        return true;
    }

    /// <summary>Closes the file of a part of which no further reject comes, because a run may have more parts than a process may open files.</summary>
    public void Close(FilePlan part)
    {
        if (_spools.TryGetValue((part.FileIndex, part.Part), out RejectSpool? spool))
        {
            if (spool.EndsInRecord && spool.End == part.File.Length)
            {
                _cutOff[part.FileIndex] = part.File.Path;
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
