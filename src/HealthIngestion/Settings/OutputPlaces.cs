using FastIngest.Net;
using FastIngest.Targets;
using HealthIngestion.Exit;

namespace HealthIngestion.Settings;

/// <summary>Checks that no two outputs write to the same file or to standard output, and that none overwrites the input.</summary>
internal static class OutputPlaces
{
    private const string StandardOutput = "standard output";

    /// <param name="targets">Where rows go.</param>
    /// <param name="rejectsPath">Where rejects go.</param>
    /// <param name="statsPath">Where figures go, if anywhere.</param>
    /// <param name="metricsPath">Where metrics go, if anywhere.</param>
    /// <param name="takesRecords">Whether the targets get records, too.</param>
    /// <exception cref="UsageException">Two outputs have the same place.</exception>
    public static void RejectClashes(IReadOnlyList<Target> targets, string rejectsPath, string? statsPath, string? metricsPath, bool takesRecords = false)
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (string place in targets.SelectMany(t => Places(t, takesRecords)))
        {
            Claim(owners, place, "--to");
        }

        Claim(owners, Path.GetFullPath(rejectsPath), "--rejects");
        if (statsPath is not null)
        {
            Claim(owners, statsPath == "-" ? StandardOutput : Path.GetFullPath(statsPath), "--stats-json");
        }

        if (metricsPath is not null)
        {
            Claim(owners, Path.GetFullPath(metricsPath), "--metrics-file");
        }
    }

    /// <summary>An output that is read as input, in this run or in the next one over the same folder, would be lost or read.</summary>
    /// <param name="paths">Files, or folders.</param>
    /// <param name="isRead">Whether a file of that name in a folder is read.</param>
    /// <param name="targets">Where rows go.</param>
    /// <param name="rejectsPath">Where rejects go.</param>
    /// <param name="statsPath">Where figures go, if anywhere.</param>
    /// <param name="metricsPath">Where metrics go, if anywhere.</param>
    /// <param name="takesRecords">Whether the targets get records, too.</param>
    /// <exception cref="UsageException">An output has such a place.</exception>
    public static void RejectInput(
        IReadOnlyList<string> paths, Func<string, bool> isRead, IReadOnlyList<Target> targets, string rejectsPath, string? statsPath, string? metricsPath, bool takesRecords = false)
    {
        HashSet<string> inputs = [.. paths.Where(p => !RemotePath.Is(p)).Select(Real)];
        IEnumerable<(string Option, string Place)> outputs = [
            .. targets.SelectMany(t => Places(t, takesRecords)).Select(place => ("--to", place)),
            ("--rejects", Path.GetFullPath(rejectsPath)),
            ("--stats-json", statsPath is null or "-" ? StandardOutput : Path.GetFullPath(statsPath)),
            ("--metrics-file", metricsPath is null ? StandardOutput : Path.GetFullPath(metricsPath)),
        ];
        foreach ((string option, string place) in outputs.Where(o => Path.IsPathRooted(o.Place)))
        {
            string real = Real(place);
            bool isInInput = isRead(Path.GetFileName(real)) && Folders(real).Any(inputs.Contains);
            if (isInInput || inputs.Contains(real))
            {
                throw new UsageException($"{option} would write {Shown(place)}, which is read as input; choose another name");
            }
        }
    }

    /// <summary>Checks that no two options name the same file, one of which would be lost.</summary>
    /// <param name="files">Each option with its file; null or <c>-</c> for none.</param>
    /// <exception cref="UsageException">Two options name the same file.</exception>
    public static void RejectSame(IEnumerable<(string Option, string? Path)> files)
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach ((string option, string? path) in files.Where(f => f.Path is not null and not "-"))
        {
            string real = Real(path!);
            if (!owners.TryAdd(real, option))
            {
                throw new UsageException($"{owners[real]} and {option} both name {real}");
            }
        }
    }

    /// <summary>The folders that contain a path, directly or not.</summary>
    private static IEnumerable<string> Folders(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }

    /// <summary>The full path, links followed as far as they lead somewhere.</summary>
    private static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string? parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return full;
        }

        string named = Path.Join(Real(parent), Path.GetFileName(full));
        try
        {
            return new FileInfo(named).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? named;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return named;
        }
    }

    private static void Claim(Dictionary<string, string> owners, string place, string option)
    {
        if (!owners.TryAdd(place, option))
        {
            throw new UsageException(owners[place] == option
                ? $"{option} names {Shown(place)} twice"
                : $"{owners[place]} and {option} both write to {Shown(place)}");
        }
    }

    private static IEnumerable<string> Places(Target target, bool takesRecords) =>
        [Place(target), .. takesRecords ? target.RecordFilePaths.Select(Path.GetFullPath) : []];

    /// <summary>Files by their full path, so that <c>a.db</c> and <c>./a.db</c> are one; other targets by their name.</summary>
    private static string Place(Target target) =>
        target.IsStandardOutput ? StandardOutput
        : target.FilePath is { } path ? Path.GetFullPath(path)
        : target.Name;

    /// <summary>A place that is no file may hold a password and is never shown.</summary>
    private static string Shown(string place) => place == StandardOutput || Path.IsPathRooted(place) ? place : "the same target";
}
