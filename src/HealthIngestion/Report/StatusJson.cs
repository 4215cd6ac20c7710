using System.Globalization;
using System.Text.Json;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>How far a planned run is, for machines.</summary>
internal static class StatusJson
{
    public static ReadOnlyMemory<byte> Of(string run, RunStatus status) => StatsFile.Json(json =>
    {
        json.WriteString("run", run);
        json.WriteBoolean("is_finished", status.Finish.Done == 1);
        Write(json, "map", status.Map);
        Write(json, "check", status.Check);
        json.WriteNumber("redone", status.Redone);
        Write(json, "reduce", status.Reduce);
        Write(json, "finish", status.Finish);
        StatsFile.WriteObjects(
            json,
            "attempts",
            [.. status.Map.Attempts, .. status.Check.Attempts, .. status.Reduce.Attempts, .. status.Finish.Attempts],
            a => Write(json, a));
    });

    private static void Write(Utf8JsonWriter json, string name, StepStatus step)
    {
        json.WriteStartObject(name);
        json.WriteNumber("tasks", step.Tasks);
        json.WriteNumber("done", step.Done);
        json.WriteNumber("running", step.CountOf(AttemptState.Running));
        json.WriteNumber("failed", step.CountOf(AttemptState.Failed));
        json.WriteNumber("stopped", step.CountOf(AttemptState.Stopped));
        json.WriteNumber("silent", step.CountOf(AttemptState.Silent));
        json.WriteNumber("waiting", step.Waiting);
        json.WriteNumber("bytes", step.Bytes);
        json.WriteNumber("total_bytes", step.TotalBytes);
        json.WriteNumber("records", step.Records);
        json.WriteNumber("rows", step.Rows);
        WriteSeconds(json, "elapsed_seconds", step.Elapsed);
        json.WriteNumber("bytes_per_second", step.Elapsed is { } elapsed ? Math.Round(Figures.PerSecond(step.Bytes, elapsed)) : 0);
        WriteSeconds(json, "seconds_left", step.Left);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AttemptStatus attempt)
    {
        json.WriteString("step", attempt.Step);
        json.WriteNumber("task", attempt.Task);
        json.WriteString("state", StatusText.Word(attempt.State));
        json.WriteString("host", attempt.Host);
        json.WriteNumber("process", attempt.Process);
        json.WriteString("started", Time(attempt.Started));
        json.WriteString("written", Time(attempt.Written));
        json.WriteNumber("bytes", attempt.Bytes);
        json.WriteNumber("records", attempt.Records);
        json.WriteNumber("rows", attempt.Rows);
        if (attempt.Fault is { } fault)
        {
            json.WriteString("error", fault.Error);
            json.WriteNumber("exit_code", fault.ExitCode);
        }
    }

    private static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, Math.Round(known.TotalSeconds, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
