using FastIngest.Health;

namespace FastIngest.Stored;

/// <summary>What is read of a stored row.</summary>
public enum SummaryContent
{
    /// <summary>All of <see cref="SummaryColumn.All"/>.</summary>
    AllColumns,

    /// <summary>The key and the text: of the rest, counts are 0, and numbers and texts are null.</summary>
    TextOnly,
}

/// <summary>The columns of each content, in the order in which a backend selects and decodes them.</summary>
internal static class SelectedColumns
{
    private static readonly SummaryColumn[] All = [.. SummaryColumn.All];

    private static readonly SummaryColumn[] Text =
        [.. SummaryColumn.All.Where(c => c.Kind == ColumnKind.Date || (c.Kind == ColumnKind.Text && c.Slot is TextSlot.UserId or TextSlot.Summary))];

    public static SummaryColumn[] Of(SummaryContent content) => content == SummaryContent.TextOnly ? Text : All;

    /// <summary>The columns as SQL, each with a table's alias before it.</summary>
    public static string List(SummaryContent content, string alias) => string.Join(", ", Of(content).Select(c => $"{alias}.{c.Name}"));
}
