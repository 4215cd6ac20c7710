namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>What a part of a file holds.</summary>
internal enum SectionKind
{
    /// <summary>The points of a metric.</summary>
    Points,
    Workouts,

    /// <summary>Records that are counted and passed over.</summary>
    PassedOver,

    /// <summary>Bytes that are no part of the layout.</summary>
    Damaged,
}

/// <summary>The elements of one array of a file, without its brackets.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Start">The offset of the first element, in bytes.</param>
/// <param name="EndExcl">The offset of the closing bracket, or of the end of a file that is cut off.</param>
/// <param name="Name">The name of the array or the metric.</param>
/// <param name="Count">The number of elements.</param>
/// <param name="Metric">How points are read; null for anything else.</param>
/// <param name="IsMerged">Whether points name several sources, so that the app has merged them.</param>
internal sealed record FileSection(SectionKind Kind, long Start, long EndExcl, string Name, long Count, PointMetric? Metric = null, bool IsMerged = false);
