[assembly: AssemblyFixture(typeof(HealthIngestion.Tests.GeneratedData))]

namespace HealthIngestion.Tests;

/// <summary>A data set that takes a while to read, made by the binary itself when a test first asks for it.</summary>
public sealed class GeneratedData : IDisposable
{
    private readonly Workplace _workplace = Workplace.Empty();
    private readonly Lazy<Outcome> _made;

    public GeneratedData() => _made = new(() => HealthIngestionProcess.Run(
        _workplace.Directory, "generate", "big", "--size", "200MB", "--style", "compact", "--quiet"));

    public string Directory
    {
        get
        {
            Assert.Equal(0, _made.Value.ExitCode);
            return _workplace["big"];
        }
    }

    public void Dispose() => _workplace.Dispose();
}
