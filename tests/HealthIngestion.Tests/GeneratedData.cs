[assembly: AssemblyFixture(typeof(HealthIngestion.Tests.GeneratedData))]

namespace HealthIngestion.Tests;

/// <summary>A data set that takes a while to read, made once a test run by the binary itself.</summary>
public sealed class GeneratedData : IDisposable
{
    private readonly Workplace _workplace = Workplace.Empty();

    public GeneratedData()
    {
        Outcome made = HealthIngestionProcess.Run(_workplace.Directory, "generate", "big", "--size", "200MB", "--style", "compact", "--quiet");
        Assert.Equal(0, made.ExitCode);
    }

    public string Directory => _workplace["big"];

    public void Dispose() => _workplace.Dispose();
}
