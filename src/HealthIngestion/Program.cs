using FastIngest.Json.Shapes;
using HealthIngestion;
using HealthIngestion.CommandLine;
using HealthIngestion.Commands;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

ProcessTitle.HideSecrets(args);
try
{
    return Run(args);
}
catch (Exception fault)
{
    return Faults.Explain(fault, new Log(ErrorTerminal.Writer, LogFormat.Text, LogLevel.Info));
}

static int Run(string[] args)
{
    InstructionSet.Choose(Environment.GetEnvironmentVariable(InstructionSet.Variable));

    // Before any command is made: scripts ask for the version, often.
    if (Asks(args, "--version"))
    {
        return VersionCommand.Print();
    }

    (CommandEntry entry, int words) = AllCommands.Table.Find(args);
    if (Asks(args, "--help") || Asks(args, "-h"))
    {
        return args[0] is "--help" or "-h" ? HelpCommand.PrintOverview() : HelpCommand.Print(entry);
    }

    ICommand command = entry.Make();
    try
    {
        return command.Run(Parsing.Parse(command.Spec, args[words..], AllCommands.Table));
    }
    catch (UsageException wrong) when (words > 0 && Path.Exists(args[0]))
    {
        throw new UsageException($"{wrong.Message.TrimEnd('.')}. {args[0]} is a command; to read the path of that name, use ./{args[0]}");
    }
}

static bool Asks(string[] args, string option)
{
    int end = Array.IndexOf(args, "--");
    return Array.IndexOf(args, option, 0, end < 0 ? args.Length : end) >= 0;
}
