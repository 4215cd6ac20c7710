using System.Diagnostics;
using FastIngest.Sinks.Outbox;
using HealthIngestion.Report;
using HealthIngestion.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HealthIngestion.Progress;

/// <summary>Shows how a delivery goes on, from a thread of its own: a bar on a terminal, a line every two seconds elsewhere.</summary>
internal sealed class DeliveryDisplay : IDeliveryProgress, IDisposable
{
    private const int RedrawMs = 100;
    private const int LineMs = 2000;

    private readonly ManualResetEventSlim _end = new();
    private readonly Log _log;
    private readonly Thread? _thread;
    private string _target = "";
    private long _total, _done, _delivered, _startedAt;

    /// <param name="style">What the user asked for.</param>
    /// <param name="log">Where lines go.</param>
    public DeliveryDisplay(ProgressStyle style, Log log)
    {
        _log = log;
        if (style != ProgressStyle.None && log.Shows(LogLevel.Info))
        {
            bool isBar = style == ProgressStyle.Auto && log.Format == LogFormat.Text && ErrorTerminal.IsInteractive;
            _thread = new Thread(isBar ? DrawBar : WriteLines) { IsBackground = true, Name = "progress" };
            _thread.Start();
        }
    }

    private bool IsStarted => Volatile.Read(ref _startedAt) != 0;

    public void Started(string target, long totalSummaries)
    {
        _target = target;
        _total = totalSummaries;
        Interlocked.Exchange(ref _done, 0);
        Interlocked.Exchange(ref _delivered, 0);
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
    }

    public void Done(long summaries, long delivered)
    {
        Interlocked.Add(ref _done, summaries);
        Interlocked.Add(ref _delivered, delivered);
    }

    public void Dispose()
    {
        _end.Set();
        _thread?.Join();
        _end.Dispose();
    }

    private void WriteLines()
    {
        while (!_end.Wait(LineMs))
        {
            if (IsStarted)
            {
                (long done, long delivered, double rate) = Read();
                _log.Info("progress", $"delivering to {_target}: {Figures.Count(done)} of {Figures.Count(_total)}, {Facts(done, delivered, rate)}", json =>
                {
                    json.WriteString("target", _target);
                    json.WriteNumber("summaries", done);
                    json.WriteNumber("total_summaries", _total);
                    json.WriteNumber("delivered", delivered);
                    json.WriteNumber("delivered_per_second", Math.Round(rate));
                });
            }
        }
    }

    private void DrawBar()
    {
        while (!IsStarted)
        {
            if (_end.Wait(RedrawMs / 4))
            {
                return;
            }
        }

        FactColumn facts = new();
        ErrorConsole.Create().Progress()
            .AutoRefresh(false)
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), facts)
            .Start(context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(_target));
                do
                {
                    (long done, long delivered, double rate) = Read();
                    bar.MaxValue = Math.Max(1, _total);
                    bar.Value = done;
                    facts.Text = Facts(done, delivered, rate);
                    context.Refresh();
                }
                while (!_end.Wait(RedrawMs));
            });
    }

    private (long Done, long Delivered, double PerSecond) Read()
    {
        long delivered = Interlocked.Read(ref _delivered);
        return (Interlocked.Read(ref _done), delivered, Figures.PerSecond(delivered, Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt))));
    }

    private string Facts(long done, long delivered, double rate) =>
        $"{Figures.Count(delivered)} delivered, {Figures.Rate(rate)}/s"
        + (rate > 0 && _total > done ? $", {Figures.Seconds(TimeSpan.FromSeconds((_total - done) / rate))} left" : "");

    private sealed class FactColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Text).Ellipsis();
    }
}
