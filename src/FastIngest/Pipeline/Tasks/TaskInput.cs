using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;

namespace FastIngest.Pipeline.Tasks;

/// <summary>Some of the planned files, open, and proved to be those that were planned.</summary>
internal sealed class TaskInput : IDisposable
{
    private readonly HealthInput _input;
    private readonly Dictionary<int, FilePlan> _plans = [];

    /// <param name="run">The run.</param>
    /// <param name="options">Its options.</param>
    /// <param name="files">The indexes of the files.</param>
    /// <param name="cancellationToken">Ends reads from servers.</param>
    /// <exception cref="IngestException">A file is missing, or has changed since it was planned.</exception>
    public TaskInput(SharedRun run, IngestOptions options, IReadOnlySet<int> files, CancellationToken cancellationToken = default)
    {
        HashSet<string> containers = PlannedFiles.RequireUnchanged(files.Select(f => run.Plan.Files[f]));
        _input = HealthInput.Open(options.Paths, options.Dialects, options.Category, options.InputOptions with { Only = containers, Stop = cancellationToken }, options.From, options.MaxRecordBytes);
        try
        {
            Dictionary<string, int> places = files.ToDictionary(f => run.Plan.Files[f].Path, StringComparer.Ordinal);
            IReadOnlyList<FilePlan> plans = _input.Plan(options.ChunkBytes, options.MaxRecordBytes, options.UserId, options.UserFolder);
            for (int i = 0; i < plans.Count; i++)
            {
                if (places.Remove(_input.Files[i].Path, out int index))
                {
                    PlannedFile planned = run.Plan.Files[index];
                    if (_input.Categories[i].Name() != planned.Category || _input.Dialects[i].Name != planned.Dialect || _input.Files[i].PackedLength != planned.Bytes)
                    {
                        throw PlannedFiles.Changed(planned, "its content is another one");
                    }

                    PlannedFiles.RequireVersion(planned, _input.VersionOf(i));

                    plans[i].FileIndex = index;
                    plans[i].Repeats = run.Repeats;
                    _plans.Add(index, plans[i]);
                }
            }

            if (places.Count > 0)
            {
                throw PlannedFiles.Changed(run.Plan.Files[places.Values.Min()], "it is not read any more");
            }
        }
        catch
        {
            _input.Dispose();
            throw;
        }
    }

    /// <summary>Returns the plan of a file.</summary>
    public FilePlan this[int file] => _plans[file];

    /// <summary>Returns the options with the memory that the files leave.</summary>
    public IngestOptions Without(IngestOptions options) => _input.Without(options);

    public void Dispose() => _input.Dispose();
}
