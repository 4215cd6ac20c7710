using System.Runtime.CompilerServices;

namespace FastIngest.Health;

/// <summary>
/// One output row: all data of one user on one day. The struct has a fixed size; its texts are stored in the
/// <see cref="SummaryBatch"/> that holds the row. <see cref="SummaryColumn.All"/> maps slots to columns.
/// </summary>
public struct DailySummary
{
    /// <summary>The calendar day as days since 0001-01-01, <see cref="DateOnly.DayNumber"/>.</summary>
    public int Day;

    /// <summary>Bit <c>1 &lt;&lt; category</c> is set when the run read at least one record of that category for this day.</summary>
    public byte Present;

    /// <summary>Counts and measures, indexed by <see cref="NumberSlot"/>. NaN means null; a count is a whole number and never NaN.</summary>
    public NumberArray Numbers;

    /// <summary>Texts, indexed by <see cref="TextSlot"/>.</summary>
    public TextArray Texts;

    /// <summary>
    /// Byte lengths of the parts of the summary text, by category. The first part (name and date) is stored at
    /// <see cref="Category.Users"/>; each other part holds the sentences of one category and the blank before each sentence.
    /// The lengths add up to the length of the summary. A merge uses them to replace the sentences of one category.
    /// </summary>
    public PartArray Parts;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
