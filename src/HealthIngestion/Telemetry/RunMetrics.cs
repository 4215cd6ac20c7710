using System.Diagnostics;
using FastIngest;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Progress;
using HealthIngestion.Report;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Telemetry;

/// <summary>
/// Writes the metrics of a run to a file, and sends them with its trace to a collector, every few seconds and at the end. Neither can
/// make the run fail, nor wait for long: the first fault of each is a warning.
/// </summary>
internal sealed class RunMetrics(MetricsSettings settings, string command, Log log) : IDisposable
{
    /// <summary>The time between two versions of the file, less than the usual 15 s between two looks of Prometheus.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long the collector has to respond, and after a signal.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), StopPatience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly DateTime _started = DateTime.UtcNow;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly OtlpClient? _otlp = settings.Otlp is { } address ? new OtlpClient(address) : null;
    private volatile MetricLabel[] _labels = [new("command", command)];
    private volatile IReadOnlyList<Metric> _figures = [];
    private volatile RunProgress? _progress;
    private Timer? _timer;
    private volatile bool _hasEnded;
    private bool _fileFailed, _otlpFailed;

    /// <summary>The trace that the run belongs to; null for one of its own.</summary>
    public TraceContext? Trace { get; set; }

    /// <summary>Whether the metrics go anywhere.</summary>
    public bool IsWanted => settings.Path is not null || _otlp is not null;

    /// <summary>Adds a label to every metric, such as the number of a task.</summary>
    public void AddLabel(string name, string value) => _labels = [.. _labels, new MetricLabel(name, value)];

    /// <summary>Takes the counters of the run, which the metrics show while it works.</summary>
    public void Watch(RunProgress progress) => _progress = progress;

    /// <summary>Takes the figures of a run that is complete.</summary>
    public void Report(IReadOnlyList<Metric> figures) => _figures = figures;

    /// <summary>Begins, before the work does.</summary>
    /// <exception cref="IngestException">The file could not be written.</exception>
    public void Begin()
    {
        if (settings.Path is not null)
        {
            MetricsFile.RejectMissingDirectory(settings.Path);
        }

        if (IsWanted)
        {
            _timer = new Timer(_ => Beat(), null, TimeSpan.Zero, Interval);
        }
    }

    /// <summary>Writes and sends the metrics a last time; nothing if the work has not begun.</summary>
    /// <param name="code">The exit code of the run.</param>
    /// <param name="isStopped">Whether a signal ended the run, which then has little time left.</param>
    public void End(int code, bool isStopped)
    {
        if (_timer is null)
        {
            return;
        }

        // What is being sent is out of date.
        _hasEnded = true;
        _otlp?.Cancel();
        _timer.Dispose();
        lock (_gate)
        {
            Export([.. Live(), .. _figures, .. Final(code)], code, isStopped ? StopPatience : Patience);
        }

        Dispose();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _otlp?.Dispose();
    }

    private void Beat()
    {
        // A beat that comes while the one before still waits for the collector is left out.
        if (_gate.TryEnter())
        {
            try
            {
                if (!_hasEnded)
                {
                    Export(Live(), null, Patience);
                }
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    private List<Metric> Live()
    {
        List<Metric> metrics =
        [
            new("build_info", "The version of the program.", [new MetricValue(1, new MetricLabel("version", VersionText.Version), new MetricLabel("commit", VersionText.Commit))]),
            new("running", "Whether the run is under way.", _hasEnded ? 0 : 1),
            new("start_time_seconds", "When the run began, in seconds since 1970.", Seconds(_started)),
            new("duration_seconds", "How long the run has worked.", Stopwatch.GetElapsedTime(_startedAt).TotalSeconds),
            new("resident_memory_peak_bytes", "The most memory that the process had.", PeakMemory.Bytes()),
            Metric.Sum("cpu_seconds", "The time that the process used on all cores.", Environment.CpuUsage.TotalTime.TotalSeconds),
        ];
        if (_progress is { } progress)
        {
            metrics.Add(new Metric("input_bytes", "The size of the input.", progress.TotalBytes));
            metrics.Add(Metric.Sum("read_bytes", "How much of the input is read.", progress.Bytes));
            metrics.Add(Metric.Sum("read_records", "The records read.", progress.Records));
            metrics.Add(Metric.Sum("written_rows", "The rows passed to the targets.", progress.Rows));
        }

        if (Stages() is { Count: > 0 } stages)
        {
            metrics.Add(new Metric(
                "stage_duration_seconds",
                "How long each stage has taken.",
                [.. stages.Select(s => new MetricValue((s.End - s.Start).TotalSeconds, new MetricLabel("stage", s.Name)))]));
        }

        return metrics;
    }

    private static Metric[] Final(int code) =>
    [
        new("exit_code", "The exit code of the run.", code),
        new("success", "Whether the run ended well.", code == ExitCode.Done ? 1 : 0),
        new("end_time_seconds", "When the run ended, in seconds since 1970.", Seconds(DateTime.UtcNow)),
    ];

    /// <summary>The stages that have begun; the last one goes on until now.</summary>
    private List<Span> Stages()
    {
        List<Span> spans = [];
        (string Name, DateTime Start)[] marks = [.. _progress?.Stages() ?? []];
        for (int i = 0; i < marks.Length; i++)
        {
            spans.Add(new Span(marks[i].Name, marks[i].Start, i + 1 < marks.Length ? marks[i + 1].Start : DateTime.UtcNow));
        }

        return spans;
    }

    /// <param name="metrics">The metrics.</param>
    /// <param name="code">The exit code of a run that has ended; only then the trace is sent.</param>
    /// <param name="patience">How long the collector has to respond.</param>
    private void Export(IReadOnlyList<Metric> metrics, int? code, TimeSpan patience)
    {
        if (settings.Path is { } path)
        {
            try
            {
                MetricsFile.Write(path, PrometheusText.Of(metrics, _labels));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Warn(ref _fileFailed, $"--metrics-file {path} cannot be written: {Log.OneLine(e.Message)}");
            }
        }

        if (_otlp is not null)
        {
            string? fault = _otlp.Send(OtlpForm.Metrics(metrics, _labels, _started), isTrace: false, patience);
            if (fault is null && code is { } ended)
            {
                fault = _otlp.Send(OtlpForm.Trace(Trace ?? TraceContext.New(), new Span(command, _started, DateTime.UtcNow), Stages(), _labels, ended), isTrace: true, patience);
            }

            if (fault is not null && (code is not null || !_hasEnded))
            {
                Warn(ref _otlpFailed, $"--otlp: {fault} The run goes on without.");
            }
        }
    }

    private void Warn(ref bool hasFailed, string text)
    {
        if (!hasFailed)
        {
            hasFailed = true;
            log.Warning(text);
        }
    }

    private static double Seconds(DateTime time) => Math.Round((time - DateTime.UnixEpoch).TotalSeconds, 3);
}

/// <summary>A part of a run.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Start">When it began, in UTC.</param>
/// <param name="End">When it ended, in UTC.</param>
internal sealed record Span(string Name, DateTime Start, DateTime End);
