using FastIngest.Tests;

namespace HealthIngestion.Tests;

/// <summary>The folders of the server depend on each other without cycles.</summary>
public sealed class ServerFolderTests
{
    private static readonly FolderUse[] Uses = FolderGraph.Read(typeof(Server.Hosting.WebServer).Assembly, "HealthIngestion.Server");

    [Fact]
    public void No_folder_uses_a_folder_that_uses_it_at_any_level()
    {
        string[] cycles = [.. FolderGraph.Cycles(Uses).Select(c => $"{c.Cycle} ({c.Examples})")];
        Assert.True(cycles.Length == 0, string.Join('\n', cycles));
    }
}
