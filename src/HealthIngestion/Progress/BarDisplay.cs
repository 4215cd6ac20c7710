using HealthIngestion.Formatting;
using HealthIngestion.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HealthIngestion.Progress;

/// <summary>Bars on a terminal: one a file, the total with its pace, then the rows written or, of a dictionary, its stages. They vanish at the end.</summary>
internal sealed class BarDisplay(RunProgress progress) : ProgressDisplay(progress)
{
    private const int RedrawMs = 100;

    /// <summary>With more files than this only the total is shown; bars must fit on a screen.</summary>
    private const int MaxFileBars = 12;

    protected override void Draw(ManualResetEventSlim end)
    {
        while (Progress.Files.Count == 0)
        {
            if (end.Wait(RedrawMs / 4))
            {
                return;
            }
        }

        FactColumn facts = new();
        ErrorConsole.Create().Progress()
            .AutoRefresh(false)
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 24 },
                new PercentageColumn(),
                facts)
            .Start(context => Draw(context, facts, end));
    }

    private void Draw(ProgressContext context, FactColumn facts, ManualResetEventSlim end)
    {
        List<(FileProgress File, ProgressTask Bar)> files = Progress.Files.Count > MaxFileBars
            ? []
            : [.. Progress.Files.Select(f => (f, context.AddTask(Markup.Escape(f.Name), maxValue: Math.Max(1, f.TotalBytes))))];
        ProgressTask total = context.AddTask("total", maxValue: Math.Max(1, Progress.TotalBytes));
        ProgressTask? rows = null;
        ProgressTask[] stages = [.. Progress.Figures?.Bars(TimeSpan.Zero).Select(s => context.AddTask(s.Name)) ?? []];
        do
        {
            foreach ((FileProgress file, ProgressTask bar) in files)
            {
                bar.Value = file.IsDone ? bar.MaxValue : file.Bytes;
                facts.Set(bar, (Progress.CountsBytes ? Figures.Bytes(file.Bytes) + ", " : "") + Figures.Rate(file.Records, "record"));
            }

            Pace pace = Pace.Of(Progress);
            total.Value = pace.Bytes;
            if (Progress.Figures is { } figures)
            {
                facts.Set(total, pace.ToString());
                foreach ((ProgressTask bar, StageBar stage) in stages.Zip(figures.Bars(pace.Elapsed)))
                {
                    bar.MaxValue = Math.Max(1, stage.Full);
                    bar.Value = stage.Value;
                    facts.Set(bar, stage.Facts);
                }
            }
            else if (!Progress.IsReducing)
            {
                facts.Set(total, pace.ToString());
            }
            else
            {
                total.Value = total.MaxValue;
                facts.Set(total, $"{Figures.Bytes(pace.Bytes)}, {Figures.Rate(pace.Records, "record")}");
                rows ??= context.AddTask("summaries");
                rows.IsIndeterminate = true;
                rows.Value = Progress.Rows;
                facts.Set(rows, Figures.Count(Progress.Rows, "row"));
            }

            context.Refresh();
        }
        while (!end.Wait(RedrawMs));
    }

    /// <summary>The text at the right of each bar.</summary>
    private sealed class FactColumn : ProgressColumn
    {
        private readonly Dictionary<int, string> _facts = [];

        public void Set(ProgressTask task, string fact) => _facts[task.Id] = fact;

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(_facts.GetValueOrDefault(task.Id, "")).Ellipsis();
    }
}
