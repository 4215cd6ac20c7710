using FastIngest;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

namespace HealthIngestion.Tests;

public sealed class SeveralFaultsTests
{
    [Fact]
    public void When_all_targets_of_a_run_fail_there_is_a_line_for_each()
    {
        using StringWriter standardError = new();
        AggregateException faults = new(new IngestException("a.db is locked", "Wait."), new IngestException("b.db is full", "Free some space."));

        Assert.Equal(ExitCode.Failed, Faults.Explain(faults, new Log(standardError, LogFormat.Text, LogLevel.Error)));

        Assert.Equal("error: a.db is locked. Wait.\nerror: b.db is full. Free some space.\n", standardError.ToString());
    }
}
