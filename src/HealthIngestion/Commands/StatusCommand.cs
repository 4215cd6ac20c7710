using System.CommandLine;
using System.Globalization;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints which tasks of a planned run are done.</summary>
internal sealed class StatusCommand : ICommand
{
    public const string Name = "status";

    private const int MaxNamed = 20;

    private readonly Argument<string> _work = new("DIR") { Description = "the work folder of the run, or s3://BUCKET/PREFIX" };
    private readonly ConsoleOptions _console = new();

    public CommandSpec Spec { get; }

    public StatusCommand()
    {
        Spec = new CommandSpec(Name, "print which tasks of a planned run are done")
        {
            Usage = "DIR",
            Needs = "a work folder",
            Examples = [new("health_ingestion status /shared/r1", "see what is done")],
        };
        Spec.Command.Arguments.Add(_work);
        Spec.AddGroup("Console", _console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string work = TaskSettings.RequireWork(Name, arguments.GetValue(_work));
        return CommandRun.Do(
            _console.OpenLog(arguments),
            statsPath: null,
            token => TaskFaults.Mark(() =>
            {
                TaskRun run = TaskRun.Open(work, PlanCommand.Program, token);
                RunStatus status = run.Status();
                StandardStream.WriteOutput(string.Create(CultureInfo.InvariantCulture, $"""
                    run     {run.Name}
                    map     {status.MapTasks - status.MapMissing.Count} of {status.MapTasks} done{Names(status.MapMissing)}
                    check   {(!status.IsChecked ? "not done" : status.Redone == 0 ? "done" : $"done, {status.Redone} read once more")}
                    reduce  {status.ReduceTasks - status.ReduceMissing.Count} of {status.ReduceTasks} done{Names(status.ReduceMissing)}
                    finish  {(status.IsFinished ? "done" : "not done")}

                    """));
                foreach ((string task, DateTime lastWrite) in status.Started)
                {
                    StandardStream.WriteOutput($"{task} has begun and last wrote at {lastWrite:yyyy-MM-dd'T'HH:mm:ss'Z'}: it runs, or it was stopped\n");
                }

                return ExitCode.Done;
            }),
            () => "nothing was changed");
    }

    private static string Names(IReadOnlyList<int> missing) => missing.Count == 0 ? ""
        : $"; not done: {string.Join(", ", missing.Take(MaxNamed))}{(missing.Count > MaxNamed ? $" and {missing.Count - MaxNamed} more" : "")}";
}
