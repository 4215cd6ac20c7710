using System.Text.Json;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks;
using HealthIngestion.Report;

namespace HealthIngestion.Progress;

/// <summary>How far each stage of a run over a dictionary is, and how full the queues between them: the fuller one stands before the slower stage.</summary>
internal sealed class StageFigures(LexiconGauges gauges)
{
    /// <summary>One line for a log.</summary>
    public string Text(TimeSpan elapsed)
    {
        EntryResult result = gauges.Result;
        return $"read {Rate(gauges.Read, elapsed)}, cleaned {Rate(gauges.Cleaned, elapsed)}, stored {Rate(gauges.Passed, elapsed)}; "
            + $"loaded {Figures.Count(result.Loaded)}, repeated {Figures.Count(result.Repeated)}, written {Figures.Count(result.Written)}, "
            + $"below quality {Figures.Count(result.BelowQuality)}, rejected {Figures.Count(gauges.Rejected)}; {Queues}";
    }

    /// <summary>Short, for the end of a bar.</summary>
    public string Short(TimeSpan elapsed) =>
        $"written {Figures.Count(gauges.Result.Written)}, {Rate(gauges.Passed, elapsed)}; {Queues}";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("cleaned", gauges.Cleaned);
        json.WriteNumber("stored", gauges.Passed);
        json.WriteNumber("rejected", gauges.Rejected);
        LexiconStats.WriteResult(json, gauges.Result);
        json.WriteNumber("raw_queue", gauges.RawQueue);
        json.WriteNumber("cleaned_queue", gauges.CleanedQueue);
        json.WriteNumber("queue_capacity", gauges.Capacity);
    }

    private string Queues => $"queues raw {gauges.RawQueue}, cleaned {gauges.CleanedQueue} of {gauges.Capacity}";

    private static string Rate(long count, TimeSpan elapsed) => $"{Figures.Rate(Figures.PerSecond(count, elapsed))}/s";
}
