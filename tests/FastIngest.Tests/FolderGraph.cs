using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace FastIngest.Tests;

/// <summary>One folder uses another.</summary>
/// <param name="From">The namespace of the folder.</param>
/// <param name="To">The namespace of the folder that it uses.</param>
/// <param name="Example">One type that uses another, for messages.</param>
public readonly record struct FolderUse(string From, string To, string Example);

/// <summary>The folders of an assembly, which are its namespaces, and which of them use each other. ArchUnitNET reads the compiled assembly.</summary>
public static class FolderGraph
{
    /// <summary>Returns which namespace uses which other namespace of the same assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="root">The namespace of its root folder.</param>
    public static FolderUse[] Read(System.Reflection.Assembly assembly, string root)
    {
        return [.. new ArchLoader().LoadAssembly(assembly).Build().Types
            .SelectMany(t => t.Dependencies)
            .Where(d => IsOurs(d.Origin) && IsOurs(d.Target) && d.Origin.Namespace.FullName != d.Target.Namespace.FullName)
            .GroupBy(d => (From: d.Origin.Namespace.FullName, To: d.Target.Namespace.FullName))
            .Select(g => new FolderUse(g.Key.From, g.Key.To, $"{g.First().Origin.Name} uses {g.First().Target.Name}"))];

        bool IsOurs(IType type) => type.Namespace?.FullName is { } name && (name == root || name.StartsWith(root + ".", StringComparison.Ordinal));
    }

    /// <summary>Returns the folder below the root that a namespace belongs to; an empty string for the root itself.</summary>
    public static string RoomOf(string name) => name.Split('.') is [_, var room, ..] ? room : "";

    /// <summary>Returns a line for each pair of rooms of which one uses the other although the list does not allow it.</summary>
    /// <param name="uses">The uses.</param>
    /// <param name="allowed">The rooms that each room may use besides itself and the root.</param>
    public static IReadOnlyList<string> WrongDirections(IEnumerable<FolderUse> uses, IReadOnlyDictionary<string, string[]> allowed) =>
    [
        .. uses
            .Select(u => (From: RoomOf(u.From), To: RoomOf(u.To), u.Example))
            .Where(u => u.To.Length > 0 && u.From != u.To && !(allowed.TryGetValue(u.From, out string[]? rooms) && rooms.Contains(u.To)))
            .Select(u => $"{(u.From.Length > 0 ? u.From : "the root")} may not use {u.To}: {u.Example}")
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Returns, for each folder, the groups of its subfolders and own files that form a cycle.</summary>
    public static IEnumerable<(string Cycle, string Examples)> Cycles(IReadOnlyCollection<FolderUse> uses)
    {
        HashSet<string> folders = [.. uses.SelectMany(u => new[] { u.From, u.To }).SelectMany(Ancestors)];
        foreach (string folder in folders.Order(StringComparer.Ordinal))
        {
            ILookup<string, (string To, string Example)> graph = uses
                .Select(u => (From: ChildOf(folder, u.From), To: ChildOf(folder, u.To), u.Example))
                .Where(u => u.From is not null && u.To is not null && u.From != u.To)
                .ToLookup(u => u.From!, u => (u.To!, u.Example));
            string[] inCircles = [.. graph.Select(g => g.Key).Where(k => Reachable(graph, k).Contains(k)).Order(StringComparer.Ordinal)];
            while (inCircles.Length > 0)
            {
                HashSet<string> reached = Reachable(graph, inCircles[0]);
                string[] circle = [.. inCircles.Where(k => reached.Contains(k) && Reachable(graph, k).Contains(inCircles[0]))];
                string examples = string.Join("; ", circle.SelectMany(k => graph[k].Where(u => circle.Contains(u.To)).Select(u => u.Example)));
                yield return ($"{folder}: {string.Join(", ", circle)}", examples);
                inCircles = [.. inCircles.Except(circle)];
            }
        }
    }

    private static IEnumerable<string> Ancestors(string folder)
    {
        string[] parts = folder.Split('.');
        return Enumerable.Range(1, parts.Length).Select(n => string.Join('.', parts[..n]));
    }

    /// <summary>Returns the part of a folder that contains a namespace; null when the namespace is elsewhere.</summary>
    private static string? ChildOf(string folder, string name) =>
        name == folder ? "(own files)" : name.StartsWith(folder + ".", StringComparison.Ordinal) ? name[(folder.Length + 1)..].Split('.')[0] : null;

    private static HashSet<string> Reachable(ILookup<string, (string To, string Example)> graph, string from)
    {
        HashSet<string> reached = [];
        Stack<string> next = new([from]);
        while (next.TryPop(out string? node))
        {
            foreach ((string to, _) in graph[node])
            {
                if (reached.Add(to))
                {
                    next.Push(to);
                }
            }
        }

        return reached;
    }
}
