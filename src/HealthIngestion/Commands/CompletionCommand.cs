using System.CommandLine;
using HealthIngestion.CommandLine;
using HealthIngestion.CommandLine.Completion;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints a script that completes command lines in a shell.</summary>
internal sealed class CompletionCommand : ICommand
{
    public const string Name = "completion";

    private readonly ChoiceArgument<Func<CompletionModel, string>> _shell =
        new("SHELL", ("bash", BashCompletion.Script), ("zsh", ZshCompletion.Script), ("fish", FishCompletion.Script))
        {
            Description = "bash, zsh or fish",
            Arity = ArgumentArity.ExactlyOne,
        };

    public CommandSpec Spec { get; }

    public CompletionCommand()
    {
        Spec = new CommandSpec(Name, "print a script that completes commands and options in a shell")
        {
            Usage = "SHELL",
            Needs = "a shell",
            Examples =
            [
                new("source <(health_ingestion completion bash)", "in ~/.bashrc"),
                new("health_ingestion completion zsh >~/.zfunc/_health_ingestion", "in a folder of $fpath"),
                new("health_ingestion completion fish >~/.config/fish/completions/health_ingestion.fish", "for fish"),
            ],
        };
        Spec.Command.Arguments.Add(_shell);
    }

    public int Run(ParseResult arguments)
    {
        StandardStream.WriteOutput(arguments.GetValue(_shell)!(CompletionModel.Of(AllCommands.Table)));
        return ExitCode.Done;
    }
}
