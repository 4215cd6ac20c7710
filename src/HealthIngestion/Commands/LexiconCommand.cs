using System.CommandLine;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;

namespace HealthIngestion.Commands;

/// <summary>The family of commands about dictionaries. Alone it does nothing: its members do the work.</summary>
internal sealed class LexiconCommand : ICommand
{
    public const string Name = "lexicon";

    private readonly Argument<string[]> _command = new("COMMAND") { Arity = ArgumentArity.ZeroOrMore, Description = "one of the commands below" };

    public CommandSpec Spec { get; }

    public LexiconCommand()
    {
        Spec = new CommandSpec(Name, "load, reprocess and check dictionaries")
        {
            Usage = "COMMAND [options]",
            Examples = [new("health_ingestion lexicon ingest --source kaikki --file dump.jsonl.gz", "read a dictionary into $DATABASE_URL")],
        };
        Spec.Command.Arguments.Add(_command);
    }

    public int Run(ParseResult arguments)
    {
        string members = string.Join(", ", AllCommands.Table.MembersOf(Name).Select(e => e.Word.ToString()));
        throw new UsageException(arguments.GetValue(_command) is not [var word, ..]
            ? $"lexicon needs a command: {members}"
            : AllCommands.Table.DescribeUnknown(word, Name) ?? $"Unknown command 'lexicon {word}'. The commands of lexicon are {members}");
    }
}
