using FastIngest.Health;

namespace FastIngest.Stored;

/// <summary>Selects which columns of a stored row are read.</summary>
public enum SummaryContent
{
    /// <summary>All of <see cref="SummaryColumn.All"/>.</summary>
    AllColumns,

    /// <summary>
    /// The key and the values that people follow from day to day: all columns except the summary text, the quality of sleep, and the
    /// numbers of activities, nights and heart rates, and two rare ones. These are 0 or null.
    /// </summary>
    Measures,

    /// <summary>Only the key and the summary text. Other counts are 0; other numbers and texts are null.</summary>
    TextOnly,
}

/// <summary>The columns of each content, in the order in which a database selects and decodes them.</summary>
internal static class SelectedColumns
{
    private static readonly SummaryColumn[] All = [.. SummaryColumn.All];

    private static readonly SummaryColumn[] Text =
        [.. SummaryColumn.All.Where(c => c.Kind == ColumnKind.Date || (c.Kind == ColumnKind.Text && c.Slot is TextSlot.UserId or TextSlot.Summary))];

    private static readonly SummaryColumn[] Measures =
        [.. SummaryColumn.All.Where(c => c.Name is not ("summary" or "sleep_quality" or "activity_count" or "activity_hr_max" or "workout_kcal" or "sleep_count" or "hr_count"))];

    public static SummaryColumn[] Of(SummaryContent content) => content switch
    {
        SummaryContent.TextOnly => Text,
        SummaryContent.Measures => Measures,
        _ => All,
    };

    /// <summary>The columns as SQL, each prefixed with the alias of a table.</summary>
    public static string List(SummaryContent content, string alias) => string.Join(", ", Of(content).Select(c => $"{alias}.{c.Name}"));
}
