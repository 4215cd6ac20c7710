using FastIngest.Pipeline.Entries;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>The first step of a dictionary that many tasks load: finds the files and divides their lines among the map tasks.</summary>
public static class EntryPlanStep
{
    private const string Kind = "entries";

    /// <summary>The smallest and the largest unit in which files are divided, in bytes.</summary>
    private const int MinChunkBytes = 4 << 10, MaxChunkBytes = 1 << 20;

    /// <summary>Makes the plan and writes it. A plan that is already there must be the same.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="arguments">The same as a command line of <c>lexicon ingest</c>, without any secret.</param>
    /// <param name="work">The work folder.</param>
    /// <param name="tasks">The number of map tasks.</param>
    /// <param name="program">The version of this program.</param>
    /// <param name="stop">Ends transfers.</param>
    /// <exception cref="IngestException">The input cannot be planned, or the folder has another plan.</exception>
    public static PlanReport Run(LexiconOptions options, IReadOnlyList<string> arguments, string work, int tasks, string program, CancellationToken stop)
    {
        using DictionaryInput input = DictionaryInput.Open(options, stop);
        long[] sizes = [.. input.Files.Select(f => f.PackedLength * (f.IsPacked ? UnpackedFile.TypicalExpansion : 1))];
        int chunkBytes = (int)Math.Clamp(sizes.Sum() / (8L * tasks), MinChunkBytes, MaxChunkBytes);
        bool[] isShareable = [.. input.Files.Select(f => FileFeed.HasLineBorders(f, options))];
        RunPlan plan = new()
        {
            Format = RunPlan.CurrentFormat,
            Program = program,
            IsDictionary = true,
            Arguments = [.. arguments],
            Today = DateOnly.MinValue,
            KeyCheck = null,
            ChunkBytes = chunkBytes,
            ReduceTasks = 0,
            Files = [.. input.Files.Select((f, i) => PlannedFiles.Of(f, input.ContainerOf(i), input.VersionOf(i), Kind, Kind))],
            Unread = [.. input.Unread],
            Repeats = new PlannedRepeats(0, 0, 0),
            Boundaries = [],
            MapTasks = PlanStep.Divide([.. sizes.Select((s, i) => (isShareable[i] ? (s + chunkBytes - 1) / chunkBytes : 1, s))], tasks),
        };
        return new PlanReport(PlanStep.Commit(plan, work, stop), plan.Files.Length, tasks, 0, 0, input.Notes);
    }
}

/// <summary>Some of the planned files of a dictionary, open, and proved to be those that were planned.</summary>
internal sealed class EntryTaskInput : IDisposable
{
    private readonly DictionaryInput _input;

    /// <param name="run">The run.</param>
    /// <param name="options">Its options.</param>
    /// <param name="ranges">The ranges that are read.</param>
    /// <param name="cancellationToken">Ends reads from servers.</param>
    /// <exception cref="IngestException">A file is missing, or has changed since it was planned.</exception>
    public EntryTaskInput(SharedRun run, LexiconOptions options, IReadOnlyList<PlannedRange> ranges, CancellationToken cancellationToken)
    {
        HashSet<string> containers = PlannedFiles.RequireUnchanged(ranges.Select(r => run.Plan.Files[r.File]));
        _input = DictionaryInput.Open(options, cancellationToken, containers);
        try
        {
            Ranges = [.. ranges.Select(r => Find(run.Plan, r))];
        }
        catch
        {
            _input.Dispose();
            throw;
        }
    }

    /// <summary>The lines of each range.</summary>
    public IReadOnlyList<FileRange> Ranges { get; }

    public void Dispose() => _input.Dispose();

    private FileRange Find(RunPlan plan, PlannedRange range)
    {
        PlannedFile planned = plan.Files[range.File];
        for (int i = 0; i < _input.Files.Count; i++)
        {
            SourceFile file = _input.Files[i];
            if (file.Path == planned.Path)
            {
                PlannedFiles.RequireVersion(planned, _input.VersionOf(i));
                return file.PackedLength != planned.Bytes ? throw PlannedFiles.Changed(planned, "its content is another one")
                    : range is { First: 0, End: null } ? new FileRange(file, range.File)
                    : FileRange.LinesIn(file, range.File, range.First * (long)plan.ChunkBytes, range.End * (long)plan.ChunkBytes);
            }
        }

        throw PlannedFiles.Changed(planned, "it is not read any more");
    }
}
