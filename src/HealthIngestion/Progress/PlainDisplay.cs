using System.Diagnostics;
using System.Text.Json;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion.Progress;

/// <summary>A line every two seconds and one at the end of each file; JSON lines where the log is JSON.</summary>
internal sealed class PlainDisplay(RunProgress progress, Log log) : ProgressDisplay(progress)
{
    private const int LookMs = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly HashSet<FileProgress> _told = [];

    protected override void Draw(ManualResetEventSlim end)
    {
        long lastLine = Stopwatch.GetTimestamp();
        while (!end.Wait(LookMs))
        {
            TellFinishedFiles();
            if (Progress.Files.Count > 0 && Stopwatch.GetElapsedTime(lastLine) >= Pause)
            {
                lastLine = Stopwatch.GetTimestamp();
                Tell();
            }
        }

        TellFinishedFiles();
    }

    private void TellFinishedFiles()
    {
        foreach (FileProgress file in Progress.Files)
        {
            if (file.IsDone && _told.Add(file))
            {
                log.Info(
                    "file_read",
                    $"read {file.Name}: {Figures.Bytes(file.TotalBytes)}, {Figures.Count(file.Records, "record")}",
                    json =>
                    {
                        json.WriteString("file", file.Name);
                        json.WriteNumber("bytes", file.TotalBytes);
                        json.WriteNumber("records", file.Records);
                    });
            }
        }
    }

    private void Tell()
    {
        Pace pace = Pace.Of(Progress);
        string text = Progress.IsReducing
            ? $"writing summaries: {Figures.Count(Progress.Rows, "row")}" + (Progress.EstimatedRows > 0 ? $" of about {Figures.Count(Progress.EstimatedRows)}" : "")
            : $"{pace.Percent,3}%  {Figures.Bytes(pace.Bytes)} of {Figures.Bytes(pace.TotalBytes)}, {pace}";
        log.Info("progress", text, json => Write(json, pace));
    }

    private void Write(Utf8JsonWriter json, Pace pace)
    {
        json.WriteNumber("bytes", pace.Bytes);
        json.WriteNumber("total_bytes", pace.TotalBytes);
        json.WriteNumber("records", pace.Records);
        json.WriteNumber("bytes_per_second", Math.Round(pace.BytesPerSecond));
        json.WriteNumber("records_per_second", Math.Round(pace.RecordsPerSecond));
        json.WriteNumber("rows", Progress.Rows);
    }
}
