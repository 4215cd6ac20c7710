using FastIngest.Net;
using FastIngest.Shuffle.Shared;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The folder that the tasks of a run share: one of a file system, or a prefix in S3.
/// <code>
/// plan.json                                                 the plan
/// map/I.json      map/I.ATTEMPT.spill, .rejects, .records   manifest and output of map task I
///                 map/I.ATTEMPT.entries                       output of map task I of a dictionary
/// check.json                                                what the check found
/// reduce/R.json   reduce/R.ATTEMPT.rows                     manifest and rows of reduce task R
/// notes/STEP-I.ATTEMPT.json                                 what an attempt does, for status
/// finished.json                                             the run is complete
/// </code>
/// A step is done when its JSON file is there. It is stored after everything it refers to, and only if there is none yet, so that
/// of several attempts the first one counts.
/// </summary>
internal sealed class WorkFolder
{
    public const string PlanName = "plan.json", CheckName = "check.json", FinishedName = "finished.json", MapFolder = "map", ReduceFolder = "reduce", NotesFolder = "notes";

    private static readonly string[] TaskFolders = [MapFolder, ReduceFolder, NotesFolder];

    private readonly IWorkStore _store;

    private WorkFolder(string path, IWorkStore store) => (Path, _store) = (path, store);

    public string Path { get; }

    public bool IsFinished => Exists(FinishedName);

    /// <param name="path">A folder, or <c>s3://BUCKET/PREFIX</c>.</param>
    /// <param name="stop">Ends transfers.</param>
    /// <exception cref="IngestException">The path or the settings of S3 are invalid.</exception>
    public static WorkFolder At(string path, CancellationToken stop) => new(path, RemotePath.IsOfS3(path) ? S3WorkStore.At(path, stop) : new FolderWorkStore(path));

    public static string MapManifest(int task) => $"{MapFolder}/{task}.json";

    public static string ReduceManifest(int task) => $"{ReduceFolder}/{task}.json";

    /// <inheritdoc cref="IWorkStore.PathOf"/>
    public string PathOf(string name) => _store.PathOf(name);

    /// <summary>Creates the folder and those in it.</summary>
    /// <exception cref="IngestException">It cannot be created.</exception>
    public void Create() => _store.Create(TaskFolders);

    public bool Exists(string name) => _store.Exists(name);

    /// <summary>Stores a file; false if there is one of that name. Everything written before is stored then.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public bool Commit(string name, ReadOnlySpan<byte> content) => _store.Commit(name, content);

    /// <inheritdoc cref="Commit(string, ReadOnlySpan{byte})"/>
    public bool Commit<T>(string name, T value, JsonForm<T> form)
        where T : class => Commit(name, form.ToBytes(value));

    /// <inheritdoc cref="IWorkStore.Replace"/>
    public void Replace<T>(string name, T value, JsonForm<T> form)
        where T : class => _store.Replace(name, form.ToBytes(value));

    /// <summary>Reads a file; null if it is missing.</summary>
    /// <exception cref="IngestException">It cannot be read, or it is damaged.</exception>
    public byte[]? TryReadBytes(string name) => _store.TryRead(name);

    /// <inheritdoc cref="TryReadBytes"/>
    public T? TryRead<T>(string name, JsonForm<T> form)
        where T : class => TryReadBytes(name) is { } bytes ? form.Parse(PathOf(name), bytes) : null;

    /// <inheritdoc cref="IWorkStore.Write"/>
    public ISharedOutput Write(string name, string tempDirectory) => _store.Write(name, tempDirectory);

    /// <inheritdoc cref="IWorkStore.Open"/>
    public ISharedFile Open(string name) => _store.Open(name);

    /// <inheritdoc cref="IWorkStore.List"/>
    public IReadOnlyList<WorkFile> List(string folder) => [.. _store.List(folder)];

    /// <summary>Removes files of an attempt that did not count.</summary>
    public void Delete(params IEnumerable<string> names) => _store.Delete(names);

    /// <summary>Removes all but the results of a finished run.</summary>
    /// <exception cref="IngestException">Something cannot be removed.</exception>
    public void Clean()
    {
        _store.DeleteAttempts([PlanName, CheckName, FinishedName]);
        foreach (string folder in TaskFolders)
        {
            _store.DeleteFolder(folder);
        }
    }
}
