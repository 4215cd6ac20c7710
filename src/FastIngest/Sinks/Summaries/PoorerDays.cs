using System.Text;
using System.Text.Json;
using FastIngest.Health;

namespace FastIngest.Sinks.Summaries;

/// <summary>
/// Finds the stored days that a run would make poorer: the run has fewer readings of a category for that user and day than are
/// stored. Readings are the records that a count column counts; for measurements, the named numbers.
/// </summary>
/// <param name="rule">What happens to such a day.</param>
/// <param name="displayName">The target, for messages.</param>
internal sealed class PoorerDays(OnFewer rule, string displayName)
{
    private static readonly (Category Category, int Slot)[] Counts =
    [
        (Category.Activities, NumberSlot.ActivityCount),
        (Category.Workouts, NumberSlot.WorkoutCount),
        (Category.Nutrition, NumberSlot.MealCount),
        (Category.Sleep, NumberSlot.SleepCount),
        (Category.HeartRate, NumberSlot.HrCount),
    ];

    /// <summary>The number of days with at least one poorer category.</summary>
    public long Days { get; private set; }

    /// <summary>Compares a day of a run with the stored one.</summary>
    /// <returns>The categories whose stored part stays: bit <c>1 &lt;&lt; category</c> is set.</returns>
    /// <exception cref="IngestException">The day is poorer, and the rule is <see cref="OnFewer.Fail"/> or <see cref="OnFewer.Union"/>.</exception>
    public byte Examine(SummaryBatch storedTexts, in DailySummary stored, SummaryBatch runTexts, in DailySummary run)
    {
        int poorer = 0;
        foreach ((Category category, int slot) in Counts)
        {
            if (run.Has(category) && run.Numbers[slot] < stored.Numbers[slot])
            {
                poorer |= 1 << (int)category;
                Check(category, (long)stored.Numbers[slot], (long)run.Numbers[slot], runTexts, run);
            }
        }

        if (run.Has(Category.Measurements))
        {
            ReadOnlySpan<byte> before = storedTexts.Text(stored.Texts[TextSlot.Measurements]), now = runTexts.Text(run.Texts[TextSlot.Measurements]);
            if (!before.SequenceEqual(now) && CountNames(now) is var names && Stored(before, CountNames, Category.Measurements, runTexts, run) is var storedNames && names < storedNames)
            {
                poorer |= 1 << (int)Category.Measurements;
                Check(Category.Measurements, storedNames, names, runTexts, run);
            }
        }

        if (run.Has(Category.Samples))
        {
            ReadOnlySpan<byte> before = storedTexts.Text(stored.Texts[TextSlot.Metrics]), now = runTexts.Text(run.Texts[TextSlot.Metrics]);
            if (!before.SequenceEqual(now) && CountSamples(now) is var samples && Stored(before, CountSamples, Category.Samples, runTexts, run) is var storedSamples && samples < storedSamples)
            {
                poorer |= 1 << (int)Category.Samples;
                Check(Category.Samples, storedSamples, samples, runTexts, run);
            }
        }

        Days += poorer != 0 ? 1 : 0;
        return rule == OnFewer.Keep ? (byte)poorer : (byte)0;
    }

    /// <summary>Counts what is stored.</summary>
    /// <exception cref="IngestException">Another program changed the text, and it is no JSON.</exception>
    private long Stored(ReadOnlySpan<byte> json, Func<ReadOnlySpan<byte>, long> count, Category category, SummaryBatch texts, in DailySummary row)
    {
        try
        {
            return count(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // a name with a lone surrogate cannot be compared
        {
            throw new IngestException(
                $"{displayName} was changed by another program: the stored {category.Name()} of user {UserAndDay(texts, row)} are no JSON that can be compared; nothing was written.",
                "Delete that row, run again, and load the data of that day once more.",
                e);
        }
    }

    private static string UserAndDay(SummaryBatch texts, in DailySummary row) =>
        $"{Encoding.UTF8.GetString(texts.Text(row.Texts[TextSlot.UserId]))} on {DateOnly.FromDayNumber(row.Day):yyyy-MM-dd}";

    /// <summary>Counts the members of a flat JSON object; 0 for anything else.</summary>
    private static long CountNames(ReadOnlySpan<byte> json)
    {
        long names = 0;
        if (!json.IsEmpty)
        {
            Utf8JsonReader reader = new(json);
            while (reader.Read())
            {
                names += reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 ? 1 : 0;
            }
        }

        return names;
    }

    /// <summary>Adds up the counts of a <c>metrics</c> object.</summary>
    private static long CountSamples(ReadOnlySpan<byte> json)
    {
        long samples = 0;
        if (!json.IsEmpty)
        {
            Utf8JsonReader reader = new(json);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 2 && reader.ValueTextEquals("count"u8) && reader.Read()
                    && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long count))
                {
                    samples += count;
                }
            }
        }

        return samples;
    }

    private void Check(Category category, long storedCount, long count, SummaryBatch texts, in DailySummary row)
    {
        if (rule is not (OnFewer.Fail or OnFewer.Union))
        {
            return;
        }

        string held = $"{displayName} holds {storedCount} readings of {category.Name()} for user {UserAndDay(texts, row)}, ";

        // A union has every stored record, so that the day can be poorer only if records are missing.
        throw rule == OnFewer.Union
            ? new IngestException(
                held + $"but its stored records and the input together have only {count}; nothing was written.",
                "The day was stored without --records, or its records were removed: add all of its input and use --on-fewer replace once, or --on-fewer keep to keep what is stored.")
            : new IngestException(
                held + $"and the input has {count}; nothing was written.",
                "Add the missing input, or use --on-fewer replace to take the input as it is, or --on-fewer keep to keep what is stored.");
    }
}
