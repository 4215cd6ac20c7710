using System.Globalization;
using System.Text;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Terminal;

namespace HealthIngestion.Report;

/// <summary>How far a planned run is, for people: a line for each step, and one for each task that runs or did not end well.</summary>
internal static class StatusText
{
    private const int MaxNamed = 20;

    public static string Of(string run, RunStatus status)
    {
        StringBuilder text = new();
        Line(text, "run", run);
        Line(text, "map", Step(status.Map));
        Line(text, "check", Single(status.Check) + (status.Redone == 0 ? "" : $", {Figures.Count(status.Redone)} read once more"));
        if (status.Reduce.Tasks > 0)
        {
            Line(text, "reduce", Step(status.Reduce));
        }

        Line(text, "finish", Single(status.Finish) + Pace(status.Finish));
        foreach (StepStatus step in (StepStatus[])[status.Map, status.Check, status.Reduce, status.Finish])
        {
            foreach (AttemptStatus attempt in step.Attempts)
            {
                text.Append(Of(attempt)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-7} {value}\n");

    private static string Step(StepStatus step) =>
        $"{step.Done} of {step.Tasks} done{Counts(step)}{Pace(step)}{Names(step.Missing)}";

    private static string Single(StepStatus step) => step.Done == step.Tasks ? "done" : step.Attempts is [var attempt] ? Word(attempt.State) : "not done";

    private static string Counts(StepStatus step)
    {
        StringBuilder text = new();
        foreach (AttemptState state in (AttemptState[])[AttemptState.Running, AttemptState.Failed, AttemptState.Stopped, AttemptState.Silent])
        {
            if (step.CountOf(state) is > 0 and var count)
            {
                text.Append(CultureInfo.InvariantCulture, $", {count} {Word(state)}");
            }
        }

        return text.ToString();
    }

    /// <summary>What was read or written in which time, and the time left.</summary>
    private static string Pace(StepStatus step)
    {
        if (step.Elapsed is not { } elapsed)
        {
            return "";
        }

        string done = step.TotalBytes > 0
            ? $"{Figures.Bytes(step.Bytes)} of {Figures.Bytes(step.TotalBytes)} in {Figures.Seconds(elapsed)}, {Figures.Bytes(Figures.PerSecond(step.Bytes, elapsed))}/s"
            : $"{Figures.Count(step.Rows, "row")} in {Figures.Seconds(elapsed)}";
        return $"; {done}{(step.Left is { } left ? $", {Figures.Seconds(left)} left" : "")}";
    }

    private static string Names(IReadOnlyList<int> missing) => missing.Count == 0 ? ""
        : $"; not done: {string.Join(", ", missing.Take(MaxNamed))}{(missing.Count > MaxNamed ? $" and {missing.Count - MaxNamed} more" : "")}";

    private static string Of(AttemptStatus attempt)
    {
        string who = $"{attempt.Step}{(attempt.Step is "map" or "reduce" ? $" {attempt.Task}" : "")} on {Log.OneLine(attempt.Host)}, process {attempt.Process}";
        string done = attempt.Step == "map"
            ? $"{Figures.Bytes(attempt.Bytes)}, {Figures.Count(attempt.Records, "record")}"
            : Figures.Count(attempt.Rows, "row");
        return attempt.State switch
        {
            AttemptState.Running => $"{who}: runs since {Time(attempt.Started)}, {done}",
            AttemptState.Failed => $"{who}: failed at {Time(attempt.Written)} with exit code {attempt.Fault?.ExitCode}"
                + $"{(attempt.Fault?.ExitCode == ExitCode.MayPass ? " (it may be tried again)" : "")}: {Log.OneLine(attempt.Fault?.Error ?? "")}",
            AttemptState.Stopped => $"{who}: was stopped by a signal at {Time(attempt.Written)}",
            AttemptState.Silent => $"{who}: has noted nothing since {Time(attempt.Written)}, after {done}: it was killed, or its machine is gone; start the task again",
            _ => $"{who}: {Word(attempt.State)}",
        };
    }

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The name of a state, in the text and as JSON.</summary>
    public static string Word(AttemptState state) => state switch
    {
        AttemptState.Running => "running",
        AttemptState.Done => "done",
        AttemptState.Failed => "failed",
        AttemptState.Stopped => "stopped",
        _ => "silent",
    };
}
