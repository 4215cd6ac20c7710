using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>
/// Converts measurements from <c>jsonb</c> to the form that the reducer writes. PostgreSQL changes the order of keys and the
/// notation of numbers, but unchanged measurements must compare as equal.
/// </summary>
internal sealed class MeasurementText
{
    private readonly List<(byte[] Name, long Micros)> _entries = [];

    /// <summary>Adds the converted text to a batch.</summary>
    /// <param name="batch">Receives the text.</param>
    /// <param name="json">The JSON from the server. Anything other than an object of decimals is added unchanged.</param>
    public TextRef Add(SummaryBatch batch, ReadOnlySpan<byte> json)
    {
        _entries.Clear();
        if (!NumberObject.TryRead(json, _entries))
        {
            return batch.AddText(json);
        }

        _entries.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        int start = batch.TextLength;
        batch.AddText("{"u8);
        foreach ((byte[] name, long micros) in _entries)
        {
            if (batch.TextLength > start + 1)
            {
                batch.AddText(", "u8);
            }

            JsonText.Write(batch, name);
            batch.AddText(": "u8);
            batch.Advance(DoubleText.Write(batch.GetSpan(32), ExactDouble.FromMicros(micros)));
        }

        batch.AddText("}"u8);
        return batch.TextSince(start);
    }
}
