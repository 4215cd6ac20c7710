using System.CommandLine;
using System.Text;
using FastIngest.Json.Shapes;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Sqlite.Schema;
using HealthIngestion;
using HealthIngestion.CommandLine;
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

    // Before anything is built: a version is asked for by scripts, often.
    if (Asks(args, "--version"))
    {
        return Print(VersionText.All());
    }

    IngestSpec ingest = new();
    PushSpec push = new();
    GenerateSpec generate = new();
    SchemaSpec schema = new();
    ReprocessSpec reprocess = new();
    ValidateSpec validate = new();
    CommandSpec[] commands = [ingest.Spec, push.Spec, reprocess.Spec, validate.Spec, generate.Spec, schema.Spec];
    CommandSpec? named = args.Length == 0 ? null : Array.Find(commands, c => c.Name == args[0]);
    CommandSpec command = named ?? ingest.Spec;
    string[] rest = named is null ? args : args[1..];

    if (Asks(args, "--help") || Asks(args, "-h"))
    {
        bool isOverview = args[0] is "--help" or "-h";
        return Print(isOverview ? HelpText.Overview(ingest, commands) : HelpText.Of(command));
    }

    ParseResult arguments = Parsing.Parse(command, rest);
    return command == push.Spec ? PushCommand.Run(push, arguments)
        : command == generate.Spec ? GenerateCommand.Run(generate, arguments)
        : command == reprocess.Spec ? ReprocessCommand.Run(reprocess, arguments)
        : command == validate.Spec ? ValidateCommand.Run(validate, arguments)
        : command == schema.Spec ? Print(arguments.GetValue(schema.Kind) == DatabaseKind.Sqlite
            ? SqliteSchema.Script()
            : PostgresSchema.Script(arguments.GetValue(schema.Schema)!))
        : LexiconSettings.Asks(ingest, arguments) ? LexiconCommand.Run(ingest, arguments)
        : IngestCommand.Run(ingest, arguments, commands);
}

static bool Asks(string[] args, string option)
{
    int end = Array.IndexOf(args, "--");
    return Array.IndexOf(args, option, 0, end < 0 ? args.Length : end) >= 0;
}

static int Print(string text)
{
    using Stream output = StandardStream.OpenOutput();
    output.Write(Encoding.UTF8.GetBytes(text));
    return ExitCode.Done;
}
