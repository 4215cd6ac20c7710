
[assembly: AssemblyFixture(typeof(HealthIngestion.Tests.GeneratedData))]

namespace HealthIngestion.Tests;

/// <summary>Data sets that take a while to read, made by the binary itself when a test first asks for them.</summary>
public sealed class GeneratedData : IDisposable
{
    private readonly Workplace _workplace = Workplace.Empty();
    private readonly Lazy<Outcome> _big, _medium;

    public GeneratedData()
    {
        _big = new(() => HealthIngestionProcess.Run(_workplace.Directory, "generate", "big", "--size", "200MB", "--style", "compact", "--quiet"));
        _medium = new(() => HealthIngestionProcess.Run(_workplace.Directory, "generate", "medium", "--size", "20MB", "--quiet"));
    }

    /// <summary>200 MB.</summary>
    public string Directory
    {
        get
        {
            Assert.Equal(0, _big.Value.ExitCode);
            return _workplace["big"];
        }
    }

    /// <summary>20 MB, some 5,000 rows, a database of 4 MB.</summary>
    public string Medium
    {
        get
        {
            Assert.Equal(0, _medium.Value.ExitCode);
            return _workplace["medium"];
        }
    }

    public void Dispose() => _workplace.Dispose();
}
