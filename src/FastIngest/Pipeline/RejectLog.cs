using FastIngest.Health;
using FastIngest.Pipeline.Map;

namespace FastIngest.Pipeline;

/// <summary>
/// Writes the rejects file. The rejects of one file arrive in order, those of several files side by side, so each file
/// has a spool of its own; <see cref="Complete"/> puts them together. Memory stays flat whatever their number.
/// </summary>
internal sealed class RejectLog(InputFiles input, string path, int maxRecordBytes) : IDisposable
{
    private readonly RejectSpool?[] _spools = new RejectSpool?[input.Files.Count];
    private readonly string _spoolBase = SpoolBase(path);
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
            input.Files[fileIndex], category, $"{_spoolBase}.partial-{fileIndex}", path, maxRecordBytes);
        spool.Write(reject);
        Interlocked.Increment(ref _counts[(int)category, (int)reject.Reason]);
    }

    /// <summary>Makes the rejects file, if anything was rejected. A file of that name is replaced.</summary>
    public void Complete()
    {
        RejectSpool[] spools = [.. _spools.OfType<RejectSpool>()];
        if (spools.Length == 0)
        {
            return;
        }

        try
        {
            foreach (RejectSpool spool in spools)
            {
                spool.Close();
            }

            if (SpecialFile.Is(path))
            {
                using FileStream device = new(path, FileMode.Open, FileAccess.Write);
                Append(spools, device);
                return;
            }

            using (FileStream first = new(spools[0].Path, FileMode.Append, FileAccess.Write))
            {
                Append(spools.AsSpan(1), first);
                first.Flush(flushToDisk: true);
            }

            File.Move(spools[0].Path, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RejectSpool.CanNotWrite(path, e);
        }
    }

    public void Dispose()
    {
        foreach (RejectSpool? spool in _spools)
        {
            spool?.Dispose();
        }
    }

    private static void Append(ReadOnlySpan<RejectSpool> spools, FileStream target)
    {
        foreach (RejectSpool spool in spools)
        {
            using FileStream source = File.OpenRead(spool.Path);
            source.CopyTo(target);
        }
    }

    /// <summary>Spools lie beside the rejects file, so that the last step is a rename; for a device, in the temporary folder.</summary>
    private static string SpoolBase(string path) => SpecialFile.Is(path) ? Path.Combine(Path.GetTempPath(), $"fastingest-rejects-{Guid.NewGuid():N}") : path;
}
