using FastIngest.Health;

namespace FastIngest.Sinks.Summaries;

/// <summary>
/// The merge rule: if the run has records of a category for a day, the run replaces that category's columns and its part of
/// the summary. The other categories keep their stored columns and parts.
/// </summary>
public static class SummaryMerge
{
    private static readonly SummaryColumn[] Owned = [.. SummaryColumn.All.Where(c => c.Owner is not null)];

    /// <summary>Adds the merged row to <paramref name="output"/>; returns whether it differs from the stored row.</summary>
    /// <param name="storedTexts">The batch that holds the texts of <paramref name="stored"/>.</param>
    /// <param name="stored">The stored row.</param>
    /// <param name="runTexts">The batch that holds the texts of <paramref name="run"/>.</param>
    /// <param name="run">The row that the run produced for the same key.</param>
    /// <param name="profileSentence">The first sentence of the merged summary.</param>
    /// <param name="output">Receives the merged row; must not be one of the other batches.</param>
    /// <param name="kept">The categories whose stored columns and parts stay: bit <c>1 &lt;&lt; category</c> is set.</param>
    public static bool Merge(
        SummaryBatch storedTexts,
        in DailySummary stored,
        SummaryBatch runTexts,
        in DailySummary run,
        ReadOnlySpan<byte> profileSentence,
        SummaryBatch output,
        byte kept = 0)
    {
        int taken = run.Present & ~kept;
        ref DailySummary merged = ref output.AddRow();
        merged.Day = run.Day;
        merged.Present = (byte)(stored.Present | run.Present);
        merged.Texts[TextSlot.UserId] = output.AddText(runTexts.Text(run.Texts[TextSlot.UserId]));
        foreach (SummaryColumn column in Owned)
        {
            Category owner = column.Owner!.Value;
            bool fresh = (taken >> (int)owner & 1) != 0;
            if (column.Kind is ColumnKind.Count or ColumnKind.Number)
            {
                merged.Numbers[column.Slot] = fresh ? run.Numbers[column.Slot] : stored.Numbers[column.Slot];
            }
            else
            {
                merged.Texts[column.Slot] = fresh
                    ? Copy(runTexts, run.Texts[column.Slot], output)
                    : Copy(storedTexts, stored.Texts[column.Slot], output);
            }
        }

        MergeText(storedTexts, stored, runTexts, run, taken, profileSentence, output, ref merged);
        return !AreEqual(storedTexts, stored, output, merged);
    }

    private static void MergeText(
        SummaryBatch storedTexts,
        in DailySummary stored,
        SummaryBatch runTexts,
        in DailySummary run,
        int taken,
        ReadOnlySpan<byte> profileSentence,
        SummaryBatch output,
        ref DailySummary merged)
    {
        int start = output.TextLength;
        output.AddText(profileSentence);
        merged.Parts[(int)Category.Users] = profileSentence.Length;
        ReadOnlySpan<byte> storedRest = storedTexts.Text(stored.Texts[TextSlot.Summary])[stored.Parts[(int)Category.Users]..];
        ReadOnlySpan<byte> runRest = runTexts.Text(run.Texts[TextSlot.Summary])[run.Parts[(int)Category.Users]..];
        for (int i = (int)Category.Users + 1; i < Categories.Count; i++)
        {
            ReadOnlySpan<byte> storedPart = storedRest[..stored.Parts[i]];
            ReadOnlySpan<byte> runPart = runRest[..run.Parts[i]];
            storedRest = storedRest[storedPart.Length..];
            runRest = runRest[runPart.Length..];

            ReadOnlySpan<byte> part = (taken >> i & 1) != 0 ? runPart : storedPart;
            output.AddText(part);
            merged.Parts[i] = part.Length;
        }

        merged.Texts[TextSlot.Summary] = output.TextSince(start);
    }

    private static bool AreEqual(SummaryBatch aTexts, in DailySummary a, SummaryBatch bTexts, in DailySummary b)
    {
        for (int i = 0; i < NumberSlot.Length; i++)
        {
            // Equals, not ==: NaN represents null, and null equals null.
            if (!a.Numbers[i].Equals(b.Numbers[i]))
            {
                return false;
            }
        }

        for (int i = 0; i < TextSlot.Length; i++)
        {
            if (a.Texts[i].IsNull != b.Texts[i].IsNull || !aTexts.Text(a.Texts[i]).SequenceEqual(bTexts.Text(b.Texts[i])))
            {
                return false;
            }
        }

        return ((ReadOnlySpan<int>)a.Parts).SequenceEqual(b.Parts);
    }

    private static TextRef Copy(SummaryBatch from, TextRef text, SummaryBatch to) =>
        text.IsNull ? TextRef.Null : to.AddText(from.Text(text));
}
