namespace HealthIngestion.Telemetry;

/// <summary>A figure of a run, with a value for each set of labels. No label holds an id or a name of a person, a path or a host.</summary>
/// <param name="Name">The name without the prefix of the program, with its unit: <c>read_bytes</c>.</param>
/// <param name="Help">What it is, in one sentence.</param>
/// <param name="Values">The values.</param>
internal sealed record Metric(string Name, string Help, IReadOnlyList<MetricValue> Values)
{
    /// <summary>The prefix of every name.</summary>
    public const string Prefix = "health_ingestion_";

    /// <summary>Whether the value only grows while the run works; else it is measured.</summary>
    public bool IsSum { get; init; }

    /// <summary>A figure with one value.</summary>
    public Metric(string name, string help, double value)
        : this(name, help, [new MetricValue(value)])
    {
    }

    /// <summary>A count or size that only grows while the run works.</summary>
    public static Metric Sum(string name, string help, double value) => new(name, help, value) { IsSum = true };
}

/// <param name="Value">The value.</param>
/// <param name="Labels">The labels.</param>
internal sealed record MetricValue(double Value, params MetricLabel[] Labels);

/// <param name="Name">The name of the label.</param>
/// <param name="Value">Its value.</param>
internal sealed record MetricLabel(string Name, string Value);
