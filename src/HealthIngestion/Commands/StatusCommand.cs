using System.CommandLine;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Report;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints how far a planned run is.</summary>
internal sealed class StatusCommand : ICommand
{
    public const string Name = "status";

    private readonly Argument<string> _work = new("DIR")
    {
        Description = "the work folder of the run, or s3://BUCKET/PREFIX",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _workOption = TaskOptions.Work();
    private readonly Option<bool> _json = SharedOptions.Flag("--json", "print one JSON object");
    private readonly ConsoleOptions _console = new();

    public CommandSpec Spec { get; }

    public StatusCommand()
    {
        Spec = new CommandSpec(Name, "print how far a planned run is")
        {
            Usage = "DIR [options]",
            Needs = "a work folder",
            Examples =
            [
                new("health_ingestion status /shared/r1", "see what is done, what runs and what failed"),
                new("watch -n 5 health_ingestion status /shared/r1", "the same every five seconds"),
            ],
        };
        Spec.Command.Arguments.Add(_work);

        // The other steps name the folder with an option, so people write it here too.
        _workOption.Hidden = true;
        Spec.AddGroup("Output", _json, _workOption);
        Spec.AddGroup("Console", _console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string? folder = arguments.GetValue(_work), given = arguments.GetValue(_workOption);
        if (given is null == folder is null)
        {
            throw new UsageException(given is null ? "status needs DIR, the work folder of the run" : "status takes DIR or --work DIR, not both");
        }

        string work = TaskSettings.RequireWork(Name, folder ?? given);
        bool isJson = arguments.GetValue(_json);
        return CommandRun.Do(
            _console.OpenLog(arguments),
            statsPath: null,
            token => TaskFaults.Mark(() =>
            {
                TaskRun run = TaskRun.Open(work, PlanCommand.Program, TaskFaults.Describe, token);
                RunStatus status = run.Status();
                if (isJson)
                {
                    StatsFile.Write("-", StatusJson.Of(run.Name, status));
                }
                else
                {
                    StandardStream.WriteOutput(StatusText.Of(run.Name, status));
                }

                return ExitCode.Done;
            }),
            () => "nothing was changed");
    }
}
