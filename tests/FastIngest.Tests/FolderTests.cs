using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using FastIngest.Json;

namespace FastIngest.Tests;

/// <summary>
/// The folders of the library, which are its namespaces, depend on each other without cycles, at every level. ArchUnitNET
/// reads the compiled library.
/// </summary>
public sealed class FolderTests
{
    private const string Root = "FastIngest";

    private static readonly (string From, string To, string Example)[] Uses = ReadUses();

    /// <summary>The rooms that each room may use besides itself and the library's root.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Json"] = [],
        ["Sources"] = ["Json"],
        ["Shuffle"] = ["Json"],
        ["Health"] = ["Shuffle", "Json"],
        ["Lexicon"] = ["Sources", "Json"],
        ["Sinks"] = ["Health", "Lexicon", "Json"],
        ["Dialects"] = ["Health", "Shuffle", "Sinks", "Sources", "Json"],
        ["Pipeline"] = ["Dialects", "Health", "Lexicon", "Sinks", "Shuffle", "Sources", "Json"],
        ["Stored"] = ["Health"],
        ["Delivery"] = ["Health", "Stored", "Json"],
        ["Targets"] = ["Lexicon", "Sinks", "Delivery", "Stored"],
        ["Storage"] = ["Health", "Lexicon", "Sinks", "Stored", "Delivery", "Targets", "Json"],
        ["Generate"] = ["Health", "Json"],
    };

    [Fact]
    public void The_rooms_use_each_other_in_one_direction()
    {
        string[] wrong = [.. Uses
            .Select(u => (From: RoomOf(u.From), To: RoomOf(u.To), u.Example))
            .Where(u => u.To.Length > 0 && u.From != u.To && !(Allowed.TryGetValue(u.From, out string[]? rooms) && rooms.Contains(u.To)))
            .Select(u => $"{(u.From.Length > 0 ? u.From : "the library's root")} may not use {u.To}: {u.Example}")
            .Distinct().Order(StringComparer.Ordinal)];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Uses.Select(u => RoomOf(u.From)).Where(r => r.Length > 0).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_folder_uses_a_folder_that_uses_it_at_any_level()
    {
        string[] cycles = [.. Cycles(Uses).Select(c => $"{c.Cycle} ({c.Examples})")];
        Assert.True(cycles.Length == 0, string.Join('\n', cycles));
    }

    [Theory]
    [InlineData("FastIngest.A.X>FastIngest.B.Y FastIngest.B.Z>FastIngest.A.W", "FastIngest: A, B")]
    [InlineData("FastIngest.A.X.P>FastIngest.A.Y.Q FastIngest.A.Y.R>FastIngest.A.Z FastIngest.A.Z>FastIngest.A.X.S", "FastIngest.A: X, Y, Z")]
    [InlineData("FastIngest.A>FastIngest.A.X FastIngest.A.X>FastIngest.A", "FastIngest.A: (own files), X")]
    [InlineData("FastIngest.A.X>FastIngest.B FastIngest.B>FastIngest.C FastIngest.A.Y>FastIngest.C", "")]
    [InlineData("FastIngest.A.X>FastIngest.A FastIngest.B>FastIngest.A.X", "")]
    public void A_cycle_is_found_where_it_is(string uses, string cycle) => Assert.Equal(
        cycle,
        string.Join('\n', Cycles([.. uses.Split(' ').Select(u => (u.Split('>')[0], u.Split('>')[1], ""))]).Select(c => c.Cycle)));

    [Fact]
    public void A_type_s_namespace_is_its_folder()
    {
        foreach (CodeFile file in CodeFile.All().Where(f => !f.IsExecutable && f.Code.Contains("namespace", StringComparison.Ordinal)))
        {
            string folder = string.Join('.', file.Path.Split('/')[1..^1]);
            Assert.True(file.Code.Contains($"namespace {folder};", StringComparison.Ordinal), $"{file.Path} is not in the namespace {folder}");
        }
    }

    /// <summary>Returns which namespace uses which other namespace, with an example.</summary>
    private static (string From, string To, string Example)[] ReadUses()
    {
        Architecture library = new ArchLoader().LoadAssembly(typeof(FieldNames).Assembly).Build();
        return [.. library.Types
            .SelectMany(t => t.Dependencies)
            .Where(d => IsOurs(d.Origin) && IsOurs(d.Target) && d.Origin.Namespace.FullName != d.Target.Namespace.FullName)
            .GroupBy(d => (d.Origin.Namespace.FullName, d.Target.Namespace.FullName))
            .Select(g => (g.Key.Item1, g.Key.Item2, $"{g.First().Origin.Name} uses {g.First().Target.Name}"))];
    }

    private static bool IsOurs(IType type) => type.Namespace?.FullName is { } name && (name == Root || name.StartsWith(Root + ".", StringComparison.Ordinal));

    private static string RoomOf(string folder) => folder.Split('.') is [_, var room, ..] ? room : "";

    /// <summary>Returns, for each folder, the groups of its subfolders and own files that form a cycle.</summary>
    private static IEnumerable<(string Cycle, string Examples)> Cycles(IReadOnlyCollection<(string From, string To, string Example)> uses)
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
