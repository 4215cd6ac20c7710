using System.Diagnostics;
using FastIngest.Delivery;
using HealthIngestion.Formatting;
using HealthIngestion.Report;
using HealthIngestion.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HealthIngestion.Progress;

/// <summary>Shows how deliveries go on, from a thread of its own: a bar for each on a terminal, a line every two seconds elsewhere.</summary>
internal sealed class DeliveryDisplay : IDisposable
{
    private const int RedrawMs = 100;
    private const int LineMs = 2000;

    private readonly ManualResetEventSlim _end = new();
    private readonly Log _log;
    private readonly DeliveryTerms _terms;
    private readonly Watched[] _deliveries;
    private readonly Thread? _thread;

    /// <param name="style">What the user asked for.</param>
    /// <param name="log">Where lines go.</param>
    /// <param name="count">How many deliveries there are.</param>
    /// <param name="terms">The words for what is done.</param>
    public DeliveryDisplay(ProgressStyle style, Log log, int count, DeliveryTerms terms)
    {
        _log = log;
        _terms = terms;
        _deliveries = [.. Enumerable.Range(0, count).Select(_ => new Watched(terms.Done))];
        if (style != ProgressStyle.None && log.Shows(LogLevel.Info))
        {
            bool isBar = style == ProgressStyle.Auto && log.Format == LogFormat.Text && ErrorTerminal.IsInteractive;
            _thread = new Thread(isBar ? DrawBars : WriteLines) { IsBackground = true, Name = "progress" };
            _thread.Start();
        }
    }

    /// <summary>What each delivery reports to.</summary>
    public IReadOnlyList<IDeliveryProgress> Deliveries => _deliveries;

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
            foreach (Watched delivery in _deliveries.Where(d => d.IsUnderWay))
            {
                (long done, long delivered, double rate) = delivery.Read();
                _log.Info("progress", $"{_terms.Doing} {delivery.Target}: {Figures.Count(done)} of {Figures.Count(delivery.Total)}, {delivery.Facts()}", json =>
                {
                    json.WriteString("target", delivery.Target);
                    json.WriteNumber("summaries", done);
                    json.WriteNumber("total_summaries", delivery.Total);
                    json.WriteNumber(_terms.Done, delivered);
                    json.WriteNumber(_terms.Done + "_per_second", Math.Round(rate));
                });
            }
        }
    }

    private void DrawBars()
    {
        while (!_deliveries.Any(d => d.IsStarted))
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
                Dictionary<Watched, ProgressTask> bars = [];
                do
                {
                    foreach (Watched delivery in _deliveries.Where(d => d.IsStarted))
                    {
                        if (!bars.TryGetValue(delivery, out ProgressTask? bar))
                        {
                            bars[delivery] = bar = context.AddTask(Markup.Escape(delivery.Target));
                        }

                        bar.MaxValue = Math.Max(1, delivery.Total);
                        bar.Value = delivery.Read().Done;
                        facts.Texts[bar.Id] = delivery.Facts();
                    }

                    context.Refresh();
                }
                while (!_end.Wait(RedrawMs));
            });
    }

    /// <summary>The figures of one delivery.</summary>
    private sealed class Watched(string word) : IDeliveryProgress
    {
        private long _done, _delivered, _startedAt;

        public string Target { get; private set; } = "";

        public long Total { get; private set; }

        public bool IsStarted => Volatile.Read(ref _startedAt) != 0;

        public bool IsUnderWay => IsStarted && Interlocked.Read(ref _done) < Total;

        public void Started(string target, long totalSummaries)
        {
            Target = target;
            Total = totalSummaries;
            Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        }

        public void Done(long summaries, long delivered)
        {
            Interlocked.Add(ref _done, summaries);
            Interlocked.Add(ref _delivered, delivered);
        }

        public (long Done, long Delivered, double PerSecond) Read()
        {
            long delivered = Interlocked.Read(ref _delivered);
            return (Interlocked.Read(ref _done), delivered, Figures.PerSecond(delivered, Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt))));
        }

        public string Facts()
        {
            (long done, long delivered, double rate) = Read();
            return $"{Figures.Count(delivered)} {word}, {Figures.Rate(rate)}/s"
                + (rate > 0 && Total > done ? $", {Figures.Seconds(TimeSpan.FromSeconds((Total - done) / rate))} left" : "");
        }
    }

    private sealed class FactColumn : ProgressColumn
    {
        /// <summary>The text after each bar.</summary>
        public Dictionary<int, string> Texts { get; } = [];

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Texts.GetValueOrDefault(task.Id, "")).Ellipsis();
    }
}
