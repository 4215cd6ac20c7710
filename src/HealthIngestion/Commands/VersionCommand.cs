using System.CommandLine;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints the version.</summary>
internal sealed class VersionCommand : ICommand
{
    public const string Name = "version";

    public CommandSpec Spec { get; } = new(Name, "print version, commit, runtime and CPU instructions in use")
    {
        Usage = "",
        Note = "health_ingestion --version prints the same.",
        Examples = [new("health_ingestion version", "")],
    };

    public static int Print()
    {
        StandardStream.WriteOutput(VersionText.All());
        return ExitCode.Done;
    }

    public int Run(ParseResult arguments) => Print();
}
