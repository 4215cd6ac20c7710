using FastIngest.Json;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>Merges the partial reductions of a day's heart-rate samples.</summary>
internal static class HeartRateDay
{
    /// <summary>Fills the heart-rate columns, writes the sentence and returns the number of samples among the events.</summary>
    /// <param name="events">The events of the category.</param>
    /// <param name="others">The heart rates of exports with many metrics; null without any.</param>
    /// <param name="hasSentences">Whether the sentence is written.</param>
    /// <param name="row">Receives the columns.</param>
    /// <param name="batch">Receives the sentence.</param>
    public static long Reduce(ref DayEvents events, DayMetric? others, bool hasSentences, ref DailySummary row, SummaryBatch batch)
    {
        long count = others?.Count ?? 0;
        Int128 sum = others?.Sum ?? 0;
        long min = others?.Min ?? long.MaxValue;
        long max = others?.Max ?? long.MinValue;
        while (events.Next(out PayloadReader payload))
        {
            SampleTotals part = SampleEvent.Read(ref payload);
            count += part.Count;
            sum += part.Sum;
            min = Math.Min(min, part.Min);
            max = Math.Max(max, part.Max);
        }

        row.Numbers[NumberSlot.HrCount] = count;
        row.Numbers[NumberSlot.HrMin] = ExactDouble.FromMicros(min);
        row.Numbers[NumberSlot.HrMax] = ExactDouble.FromMicros(max);
        row.Numbers[NumberSlot.HrMean] = ExactDouble.Ratio(sum, (Int128)count * 1_000_000);
        if (hasSentences)
        {
            WriteSentence(count, sum, min, max, batch);
        }

        return count - (others?.Count ?? 0);
    }

    private static void WriteSentence(long count, Int128 sum, long min, long max, SummaryBatch batch)
    {
        SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(4, 0)));
        sentence.Literal(" Heart rate: "u8);
        sentence.Number(min);
        sentence.Literal(" to "u8);
        sentence.Number(max);
        sentence.Literal(" bpm, mean "u8);
        sentence.Number(Tenths(sum, count) * 100_000);
        sentence.Literal(" over "u8);
        sentence.Number(count * 1_000_000);
        sentence.Literal(" readings."u8);
        batch.Advance(sentence.Length);
    }

    /// <summary>The mean in tenths, rounded half to even on the exact value.</summary>
    private static long Tenths(Int128 sumMicros, long count)
    {
        Int128 divisor = (Int128)count * 100_000;
        if (sumMicros == (long)sumMicros && divisor == (int)divisor)
        {
            return ShortTenths((long)sumMicros, (int)divisor);
        }

        (Int128 quotient, Int128 remainder) = Int128.DivRem(sumMicros, divisor);
        Int128 twice = Int128.Abs(remainder) * 2;
        if (twice > divisor || (twice == divisor && Int128.IsOddInteger(quotient)))
        {
            quotient += sumMicros < 0 ? -1 : 1;
        }

        return (long)quotient;
    }

    private static long ShortTenths(long sumMicros, int divisor)
    {
        (long quotient, long remainder) = Math.DivRem(sumMicros, (long)divisor);
        long twice = Math.Abs(remainder) * 2;
        bool roundsAway = twice > divisor || (twice == divisor && (quotient & 1) != 0);
        return quotient + (!roundsAway ? 0 : sumMicros < 0 ? -1 : 1);
    }
}
