using System.CommandLine;
using HealthIngestion.CommandLine;
using HealthIngestion.CommandLine.Help;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints the overview, or all about one command.</summary>
internal sealed class HelpCommand : ICommand
{
    public const string Name = "help";

    private readonly Argument<string[]> _command = new("COMMAND") { Arity = ArgumentArity.ZeroOrMore, Description = "the command (default: an overview of all commands)" };

    public CommandSpec Spec { get; }

    public HelpCommand()
    {
        Spec = new CommandSpec(Name, "show the options of a command")
        {
            Usage = "[COMMAND]",
            Note = "health_ingestion COMMAND --help prints the same.",
            Examples = [new("health_ingestion help push", "the options of push")],
        };
        Spec.Command.Arguments.Add(_command);
    }

    /// <summary>Prints all about a command.</summary>
    public static int Print(CommandEntry entry)
    {
        StandardStream.WriteOutput(HelpText.Of(entry, AllCommands.Table));
        return ExitCode.Done;
    }

    /// <summary>Prints what there is.</summary>
    public static int PrintOverview()
    {
        StandardStream.WriteOutput(HelpText.Overview(AllCommands.Table));
        return ExitCode.Done;
    }

    public int Run(ParseResult arguments)
    {
        if (arguments.GetValue(_command) is not { Length: > 0 } words)
        {
            return PrintOverview();
        }

        (CommandEntry entry, int known) = AllCommands.Table.Find(words);
        return known == words.Length ? Print(entry) : throw new UsageException(DescribeUnknown(entry, words, known));
    }

    private static string DescribeUnknown(CommandEntry entry, string[] words, int known)
    {
        string family = known == 1 && entry.IsFamily ? entry.Name : "";
        string? near = known == 0 || family.Length > 0 ? AllCommands.Table.DescribeUnknown(words[known], family) : null;
        return near ?? $"Unknown command '{string.Join(' ', words)}'";
    }
}
