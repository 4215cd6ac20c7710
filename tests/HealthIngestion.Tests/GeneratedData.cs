
[assembly: AssemblyFixture(typeof(HealthIngestion.Tests.GeneratedData))]

namespace HealthIngestion.Tests;

/// <summary>Data sets that take a while to read, made by the binary itself when a test first asks for them.</summary>
public sealed class GeneratedData : IDisposable
{
    private readonly Workplace _workplace = Workplace.Empty();
    private readonly Lazy<Outcome> _big, _medium, _small;

    public GeneratedData()
    {
        _big = new(() => HealthIngestionProcess.Run(_workplace.Directory, "generate", "big", "--size", "200MB", "--style", "compact", "--quiet"));
        _medium = new(() => HealthIngestionProcess.Run(_workplace.Directory, "generate", "medium", "--size", "20MB", "--quiet"));
        _small = new(() => HealthIngestionProcess.Run(_workplace.Directory, "generate", "small", "--size", "6MB", "--quiet"));
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

    /// <summary>6 MB, some 1,500 rows: enough for a COPY to be under way, for tests that load again and again.</summary>
    public string Small
    {
        get
        {
            Assert.Equal(0, _small.Value.ExitCode);
            return _workplace["small"];
        }
    }

    public void Dispose() => _workplace.Dispose();
}
