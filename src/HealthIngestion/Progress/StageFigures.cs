using System.Text.Json;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using HealthIngestion.Formatting;
using HealthIngestion.Report;

namespace HealthIngestion.Progress;

/// <summary>How far each stage of a run over a dictionary is, and how full the queues between them: a full queue stands before a slow stage.</summary>
/// <param name="gauges">The counters of the stages.</param>
/// <param name="isStored">Whether the records come from a database, where they are not loaded but changed.</param>
internal sealed class StageFigures(LexiconGauges gauges, bool isStored = false)
{
    private string Queues => $"queues raw {gauges.RawQueue}, cleaned {gauges.CleanedQueue} of {gauges.Capacity}";

    /// <summary>One line for a log.</summary>
    public string Text(TimeSpan elapsed)
    {
        EntryResult result = gauges.Result;
        string done = isStored
            ? $"written {Figures.Count(result.Written)}, unchanged {Figures.Count(result.Unchanged)}, duplicate {Figures.Count(result.Duplicate)}, below quality {Figures.Count(result.BelowQuality)}"
            : $"loaded {Figures.Count(result.Loaded)}, repeated {Figures.Count(result.Repeated)}, written {Figures.Count(result.Written)}, "
                + $"below quality {Figures.Count(result.BelowQuality)}, rejected {Figures.Count(gauges.Rejected)}";
        return $"read {Rate(gauges.Read, elapsed)}, cleaned {Rate(gauges.Cleaned, elapsed)}, stored {Rate(gauges.Passed, elapsed)}; {done}; {Queues}";
    }

    /// <summary>A bar each: the two queues as they are filled, and what became of the records.</summary>
    public IReadOnlyList<StageBar> Bars(TimeSpan elapsed)
    {
        EntryResult result = gauges.Result;
        string outcome = $"{Figures.Count(result.Written)} written, {Figures.Count(result.Duplicate)} duplicate, {Figures.Count(result.BelowQuality)} below quality";
        return
        [
            new("raw queue", gauges.RawQueue, gauges.Capacity, $"read {Counted(gauges.Read, elapsed)}" + (isStored ? "" : $"; rejected {Figures.Count(gauges.Rejected)}")),
            new("cleaned queue", gauges.CleanedQueue, gauges.Capacity, $"cleaned {Counted(gauges.Cleaned, elapsed)}"),
            isStored
                ? new("unchanged", result.Unchanged, result.Loaded, $"passed {Counted(gauges.Passed, elapsed)}; {Figures.Count(result.Unchanged)} unchanged")
                : new("loaded", result.Loaded, gauges.Passed, $"loaded {Counted(result.Loaded, elapsed)}; repeated {Figures.Count(result.Repeated)}"),
            new("written", result.Written, result.Loaded, outcome),
        ];
    }

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

    private static string Counted(long count, TimeSpan elapsed) => $"{Figures.Count(count)}, {Rate(count, elapsed)}";

    private static string Rate(long count, TimeSpan elapsed) => $"{Figures.Rate(Figures.PerSecond(count, elapsed))}/s";
}

/// <param name="Name">What it is called.</param>
/// <param name="Value">How far it goes.</param>
/// <param name="Full">How far it could; 0 for nothing yet.</param>
/// <param name="Facts">What stands beside it.</param>
internal sealed record StageBar(string Name, long Value, long Full, string Facts);
