using System.Diagnostics;
using System.Text.Json;
using HealthIngestion.Formatting;
using HealthIngestion.Terminal;

namespace HealthIngestion.Progress;

/// <summary>A line every two seconds and one at the end of each file, or of each category where files are many; JSON lines where the log is JSON.</summary>
internal sealed class PlainDisplay(RunProgress progress, Log log) : ProgressDisplay(progress)
{
    private const int LookMs = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>With more files than this a category gets one line, at the end of its last file.</summary>
    private const int MaxFileLines = 12;

    private readonly HashSet<string> _logged = [];

    protected override void Draw(ManualResetEventSlim end)
    {
        long lastLine = Stopwatch.GetTimestamp();
        while (!end.Wait(LookMs))
        {
            LogFinishedFiles();
            if (Progress.Files.Count > 0 && Stopwatch.GetElapsedTime(lastLine) >= Pause)
            {
                lastLine = Stopwatch.GetTimestamp();
                LogProgress();
            }
        }

        LogFinishedFiles();
    }

    private void LogFinishedFiles()
    {
        bool isByFile = Progress.Files.Count <= MaxFileLines;
        foreach (IGrouping<string, FileProgress> group in Progress.Files.GroupBy(f => isByFile ? f.Name : f.Category))
        {
            if (group.All(f => f.IsDone) && _logged.Add(group.Key))
            {
                long bytes = group.Sum(f => f.TotalBytes);
                long records = group.Sum(f => f.Records);
                string name = group.Count() == 1 ? group.First().Name : $"{Figures.Count(group.Count())} files of {group.First().Category}";
                log.Info(
                    "file_read",
                    $"read {name}: {(Progress.CountsBytes ? Figures.Bytes(bytes) + ", " : "")}{Figures.Count(records, "record")}",
                    json =>
                    {
                        json.WriteString("file", name);
                        json.WriteNumber("files", group.Count());
                        WriteBytes(json, "bytes", bytes);
                        json.WriteNumber("records", records);
                    });
            }
        }
    }

    private void LogProgress()
    {
        Pace pace = Pace.Of(Progress);
        string text = Progress.IsReducing
            ? $"writing summaries: {Figures.Count(Progress.Rows, "row")}"
            : $"{pace.Percent,3}%  {(Progress.CountsBytes ? $"{Figures.Bytes(pace.Bytes)} of {Figures.Bytes(pace.TotalBytes)}, " : "")}{pace}"
                + (Progress.Figures is { } stages ? "; " + stages.Text(pace.Elapsed) : "");
        log.Info("progress", text, json => Write(json, pace));
    }

    private void Write(Utf8JsonWriter json, Pace pace)
    {
        json.WriteNumber("percent", pace.Percent);
        WriteBytes(json, "bytes", pace.Bytes);
        WriteBytes(json, "total_bytes", pace.TotalBytes);
        json.WriteNumber("records", pace.Records);
        WriteBytes(json, "bytes_per_second", Math.Round(pace.BytesPerSecond));
        json.WriteNumber("records_per_second", Math.Round(pace.RecordsPerSecond));
        json.WriteNumber("rows", Progress.Rows);
        Progress.Figures?.Write(json);
    }

    private void WriteBytes(Utf8JsonWriter json, string name, double bytes)
    {
        if (Progress.CountsBytes)
        {
            json.WriteNumber(name, bytes);
        }
    }
}
