using System.Text;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Tests.Targets.Csv;

/// <summary>Writes summaries to a file that appears when all rows are written.</summary>
internal sealed class CsvSink(string path) : ISummarySink
{
    private readonly StringBuilder _lines = new();
    private int _rows;

    public string DisplayName => "tsv:" + path;

    public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref readonly DailySummary row in batch.Rows)
        {
            string user = Encoding.UTF8.GetString(batch.Text(row.Texts[TextSlot.UserId]));
            string summary = Encoding.UTF8.GetString(batch.Text(row.Texts[TextSlot.Summary]));
            _lines.Append($"{user},{DateOnly.FromDayNumber(row.Day):O},\"{summary.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
            _rows++;
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(path, _lines.ToString(), cancellationToken);
        return new SinkResult(_rows, _rows, 0, 0);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
