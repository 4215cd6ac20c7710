using System.Buffers;
using System.Text;
using System.Text.Json;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Health;

/// <summary>
/// Writes the column <c>metrics</c>: <c>{"steps": {"sum": 8412.0, "count": 37}, "weight": {"count": 1, "min": 81.2, "max": 81.2, "mean": 81.2}}</c>, the
/// metrics in the order of the bytes of their names.
/// </summary>
internal static class MetricJson
{
    private const int FixedBytes = 128;

    /// <summary>Writes the metrics of a day.</summary>
    public static TextRef Write(IReadOnlyList<DayMetric> metrics, SummaryBatch batch)
    {
        int start = batch.TextLength;
        foreach (DayMetric metric in metrics)
        {
            batch.Write(batch.TextLength == start ? "{"u8 : ", "u8);
            JsonText.Write(batch, metric.Metric.Utf8Name);
            Span<byte> target = batch.GetSpan(FixedBytes + (4 * DoubleText.MaxBytes));
            int length = 0;
            if (metric.Metric.Kind == MetricKind.Discrete)
            {
                Add(target, ": {\"count\": "u8, ref length);
                length += WriteCount(target[length..], metric.Count);
                Add(target, ", \"min\": "u8, ref length);
                length += DoubleText.WriteMicros(target[length..], metric.Min);
                Add(target, ", \"max\": "u8, ref length);
                length += DoubleText.WriteMicros(target[length..], metric.Max);
                Add(target, ", \"mean\": "u8, ref length);
                length += DoubleText.Write(target[length..], ExactDouble.Ratio(metric.Sum, (Int128)metric.Count * 1_000_000));
            }
            else
            {
                Add(target, ": {\"sum\": "u8, ref length);
                length += DoubleText.Write(target[length..], ExactDouble.FromMicros(metric.Sum));
                Add(target, ", \"count\": "u8, ref length);
                length += WriteCount(target[length..], metric.Count);
            }

            Add(target, "}"u8, ref length);
            batch.Advance(length);
        }

        if (batch.TextLength == start)
        {
            return TextRef.Null;
        }

        batch.Write("}"u8);
        return batch.TextSince(start);
    }

    /// <summary>Writes a stored object once more in the form of <see cref="Write(IReadOnlyList{DayMetric}, SummaryBatch)"/>; a database may order its keys in another way.</summary>
    /// <param name="stored">An object as this program wrote it, with any order and any white space. Other JSON, which another program wrote, is added unchanged.</param>
    /// <param name="batch">Receives the text.</param>
    public static TextRef Normalise(ReadOnlySpan<byte> stored, SummaryBatch batch)
    {
        try
        {
            return Rewrite(stored, batch);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            return batch.AddText(stored);
        }
    }

    private static TextRef Rewrite(ReadOnlySpan<byte> stored, SummaryBatch batch)
    {
        int start = batch.TextLength;
        Utf8JsonReader json = new(stored);
        using JsonDocument document = JsonDocument.ParseValue(ref json);
        foreach (JsonProperty metric in document.RootElement.EnumerateObject().OrderBy(p => p.Name, ByteOrder.Instance))
        {
            batch.Write(batch.TextLength == start ? "{"u8 : ", "u8);
            JsonText.Write(batch, Encoding.UTF8.GetBytes(metric.Name));
            string[] names = metric.Value.TryGetProperty("sum"u8, out _) ? ["sum", "count"] : ["count", "min", "max", "mean"];
            for (int i = 0; i < names.Length; i++)
            {
                batch.Write(i == 0 ? ": {"u8 : ", "u8);
                batch.Write(Encoding.UTF8.GetBytes($"\"{names[i]}\": {metric.Value.GetProperty(names[i]).GetRawText()}"));
            }

            batch.Write("}"u8);
        }

        batch.Write(batch.TextLength == start ? "{}"u8 : "}"u8);
        return batch.TextSince(start);
    }

    private static int WriteCount(Span<byte> target, long count)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(count, target, out int written);
        return written;
    }

    private static void Add(Span<byte> target, ReadOnlySpan<byte> text, ref int length)
    {
        text.CopyTo(target[length..]);
        length += text.Length;
    }


    /// <summary>Compares texts by the bytes of their UTF-8 form.</summary>
    private sealed class ByteOrder : IComparer<string>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));
    }
}
