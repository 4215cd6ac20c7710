using System.Runtime.CompilerServices;

namespace FastIngest.Health;

/// <summary>
/// One row: everything known of one user on one day. It is plain data of fixed size; its texts lie in the
/// <see cref="SummaryBatch"/> that holds the row. <see cref="SummaryColumn.All"/> says which slot is which column.
/// </summary>
public struct DailySummary
{
    /// <summary>The calendar day as days since 0001-01-01, <see cref="DateOnly.DayNumber"/>.</summary>
    public int Day;

    /// <summary>Bit <c>1 &lt;&lt; category</c> is set when the run had at least one record of that category for this day.</summary>
    public byte Present;

    /// <summary>Counts and doubles by <see cref="NumberSlot"/>; NaN is null. Counts are whole and never NaN.</summary>
    public NumberArray Numbers;

    /// <summary>Texts by <see cref="TextSlot"/>.</summary>
    public TextArray Texts;

    /// <summary>
    /// The byte lengths of the parts of the summary, by category: the opening (name and date) at
    /// <see cref="Category.Users"/>, then every category's sentences with the blank before each. They add up to
    /// the length of the summary; a merge uses them to replace the sentences of one category.
    /// </summary>
    public PartArray Parts;

    public readonly bool Has(Category category) => (Present & (1 << (int)category)) != 0;

    [InlineArray(NumberSlot.Length)]
    public struct NumberArray
    {
        private double _first;
    }

    [InlineArray(TextSlot.Length)]
    public struct TextArray
    {
        private TextRef _first;
    }

    [InlineArray(Categories.Count)]
    public struct PartArray
    {
        private int _first;
    }
}
