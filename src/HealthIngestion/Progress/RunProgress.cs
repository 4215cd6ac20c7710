using System.Diagnostics;
using FastIngest.Pipeline;
using FastIngest.Sinks;

namespace HealthIngestion.Progress;

/// <summary>
/// The counters of a run. Workers add to them; a thread of the display reads them now and then. Nothing is drawn,
/// allocated or waited for on the way of the data.
/// </summary>
internal sealed class RunProgress : IIngestProgress
{
    private readonly List<(string Name, DateTime Start)> _stages = [];
    private FileProgress[] _files = [];
    private long _startedAt, _rows;
    private int _isReducing;

    /// <summary>The files of the run; none before it starts reading.</summary>
    public IReadOnlyList<FileProgress> Files => Volatile.Read(ref _files);

    /// <summary>The stages of a run over a dictionary; null for others.</summary>
    public StageFigures? Figures { get; init; }

    /// <summary>Whether a file's size is in bytes; of stored records it is the last one's id.</summary>
    public bool CountsBytes { get; init; } = true;

    public bool IsReducing => Volatile.Read(ref _isReducing) != 0;

    public long Rows => Interlocked.Read(ref _rows);

    public long TotalBytes => Files.Sum(f => f.TotalBytes);

    public long Bytes => Files.Sum(f => f.Bytes);

    public long Records => Files.Sum(f => f.Records);

    /// <summary>Time since reading began.</summary>
    public TimeSpan Elapsed => _startedAt == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>The stages that have begun, and when, in UTC.</summary>
    public IReadOnlyList<(string Name, DateTime Start)> Stages()
    {
        lock (_stages)
        {
            return [.. _stages];
        }
    }

    /// <summary>Notes that a stage begins.</summary>
    public void Begin(string stage)
    {
        lock (_stages)
        {
            _stages.Add((stage, DateTime.UtcNow));
        }
    }

    public void Started(IReadOnlyList<RunFile> files)
    {
        // A run that is started over begins anew.
        lock (_stages)
        {
            _stages.Clear();
        }

        if (files.Count > 0)
        {
            Begin("read");
        }

        _startedAt = Stopwatch.GetTimestamp();
        Interlocked.Exchange(ref _rows, 0);
        Volatile.Write(ref _isReducing, 0);
        Volatile.Write(ref _files, [.. files.Select(f => new FileProgress(Path.GetFileName(f.Path), f.Kind, f.Bytes))]);
    }

    public void Read(int fileIndex, long bytes, long records) => _files[fileIndex].Add(bytes, records);

    public void Reducing()
    {
        Begin("reduce");
        Volatile.Write(ref _isReducing, 1);
    }

    public void Written(long rows) => Interlocked.Add(ref _rows, rows);
}

/// <summary>How far one file has been read.</summary>
internal sealed class FileProgress(string name, string category, long totalBytes)
{
    private long _bytes, _records;

    public string Name => name;

    public string Category => category;

    public long TotalBytes => totalBytes;

    /// <summary>Bytes read, never more than the file has: a piece that is read twice counts once.</summary>
    public long Bytes => Math.Min(totalBytes, Interlocked.Read(ref _bytes));

    public long Records => Interlocked.Read(ref _records);

    public bool IsDone => Bytes >= totalBytes;

    public void Add(long bytes, long records)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _records, records);
    }
}
