using System.CommandLine;
using HealthIngestion.CommandLine;
using HealthIngestion.CommandLine.Help;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints the man page. Only the build asks for it, so help does not show the command.</summary>
internal sealed class ManCommand : ICommand
{
    public const string Name = "man";

    public CommandSpec Spec { get; } = new(Name, "print the man page as roff")
    {
        Usage = "",
        Examples = [new("health_ingestion man | man -l -", "")],
    };

    public int Run(ParseResult arguments)
    {
        StandardStream.WriteOutput(ManPage.Of(AllCommands.Table));
        return ExitCode.Done;
    }
}
