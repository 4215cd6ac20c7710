using FastIngest.Tests;
using HealthIngestion.Exit;

namespace HealthIngestion.Tests;

/// <summary>The folders of the executable depend on each other without cycles, at every level.</summary>
public sealed class FolderTests
{
    private static readonly FolderUse[] Uses = FolderGraph.Read(typeof(ExitCode).Assembly, "HealthIngestion");

    /// <summary>The rooms that each room may use besides itself and the root.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Formatting"] = [],
        ["Terminal"] = ["Formatting"],
        ["Exit"] = ["Terminal"],
        ["CommandLine"] = ["Exit", "Formatting"],
        ["Show"] = ["Formatting", "Terminal"],
        ["Options"] = ["CommandLine", "Terminal"],
        ["Settings"] = ["Options", "Exit", "Terminal"],
        ["Report"] = ["Settings", "CommandLine", "Exit", "Formatting", "Terminal"],
        ["Progress"] = ["Report", "Settings", "Formatting", "Terminal"],
        ["Telemetry"] = ["Progress", "Report", "Settings", "CommandLine", "Exit", "Terminal"],
        ["Runs"] = ["Telemetry", "Progress", "Report", "Settings", "Exit", "Formatting", "Terminal"],
        ["Commands"] = ["Show", "Runs", "Telemetry", "Progress", "Report", "Settings", "Options", "CommandLine", "Exit", "Formatting", "Terminal"],
    };

    [Fact]
    public void The_rooms_use_each_other_in_one_direction()
    {
        IReadOnlyList<string> wrong = FolderGraph.WrongDirections(Uses.Where(u => u.From != "HealthIngestion"), Allowed);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        string[] folders = [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src", "HealthIngestion")).Select(f => Path.GetFileName(f)).Except(["bin", "obj"])];
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_folder_uses_a_folder_that_uses_it_at_any_level()
    {
        string[] cycles = [.. FolderGraph.Cycles(Uses).Select(c => $"{c.Cycle} ({c.Examples})")];
        Assert.True(cycles.Length == 0, string.Join('\n', cycles));
    }
}
