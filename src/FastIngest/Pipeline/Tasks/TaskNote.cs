using System.Globalization;
using System.Text.Json;

namespace FastIngest.Pipeline.Tasks;

/// <summary>What an attempt at a task last noted about itself, for <c>status</c>. No result depends on a note.</summary>
/// <param name="Run">The id of the run.</param>
/// <param name="Step">The name of the step.</param>
/// <param name="Task">The index of the task; 0 of a step with one task.</param>
/// <param name="Host">The name of the machine.</param>
/// <param name="Process">The id of the process on that machine.</param>
/// <param name="Started">When the attempt began, in UTC.</param>
/// <param name="Written">When it wrote this note, in UTC.</param>
/// <param name="State">What the attempt does or how it ended.</param>
/// <param name="Bytes">The bytes of the input it has read.</param>
/// <param name="Records">The records it has read.</param>
/// <param name="Rows">The rows it has written.</param>
/// <param name="Error">Why it failed; null without an error.</param>
/// <param name="ExitCode">The exit code of a failed attempt; null otherwise.</param>
internal sealed record TaskNote(
    string Run, string Step, int Task, string Host, int Process, DateTime Started, DateTime Written, AttemptState State, long Bytes, long Records, long Rows, string? Error,
    int? ExitCode)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static JsonForm<TaskNote> Form { get; } = new(
        (json, n) =>
        {
            json.WriteString("run", n.Run);
            json.WriteString("step", n.Step);
            json.WriteNumber("task", n.Task);
            json.WriteString("host", n.Host);
            json.WriteNumber("process", n.Process);
            json.WriteString("started", n.Started.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteString("written", n.Written.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteNumber("state", (int)n.State);
            json.WriteNumber("bytes", n.Bytes);
            json.WriteNumber("records", n.Records);
            json.WriteNumber("rows", n.Rows);
            json.WriteString("error", n.Error);
            json.WriteNumber("exit_code", n.ExitCode ?? -1);
        },
        e => new TaskNote(
            e.Text("run"), e.Text("step"), e.Int("task"), e.Text("host"), e.Int("process"), Time(e, "started"), Time(e, "written"), (AttemptState)e.Int("state"),
            e.Long("bytes"), e.Long("records"), e.Long("rows"), e.GetProperty("error").GetString(), e.Int("exit_code") is var code && code < 0 ? null : code));

    private static DateTime Time(JsonElement e, string name) => DateTime.ParseExact(
        e.Text(name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}

/// <summary>What an attempt at a task does, or how it ended.</summary>
public enum AttemptState
{
    /// <summary>It works.</summary>
    Running,

    /// <summary>The task is done by it.</summary>
    Done,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>A signal that it could handle ended it.</summary>
    Stopped,

    /// <summary>It has noted nothing for so long that it was killed, or that its machine is gone.</summary>
    Silent,
}

/// <summary>How an attempt failed, as the command line reports it.</summary>
/// <param name="Error">One line for the user.</param>
/// <param name="ExitCode">The exit code of the process.</param>
public sealed record TaskFault(string Error, int ExitCode);
