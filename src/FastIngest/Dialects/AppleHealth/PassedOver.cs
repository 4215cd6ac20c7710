using FastIngest.Dialects.Contract;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>Counts the elements that are not read, by name. The usual names are counted without a search in a table.</summary>
internal sealed class PassedOver
{
    private static readonly byte[][] Usual =
    [
        "MetadataEntry"u8.ToArray(), "InstantaneousBeatsPerMinute"u8.ToArray(), "WorkoutEvent"u8.ToArray(), "WorkoutStatistics"u8.ToArray(),
        "HeartRateVariabilityMetadataList"u8.ToArray(), "ActivitySummary"u8.ToArray(), "Correlation"u8.ToArray(), "WorkoutRoute"u8.ToArray(),
        "FileReference"u8.ToArray(), "WorkoutActivity"u8.ToArray(), "Record in a Correlation"u8.ToArray(),
    ];

    private readonly long[] _counts = new long[Usual.Length];

    /// <summary>The name under which a record in a correlation is counted.</summary>
    public static ReadOnlySpan<byte> NestedRecord => "Record in a Correlation"u8;

    /// <summary>Counts one element.</summary>
    public void Add(ReadOnlySpan<byte> name, RecordReceiver records)
    {
        for (int i = 0; i < Usual.Length; i++)
        {
            if (name.SequenceEqual(Usual[i]))
            {
                _counts[i]++;
                return;
            }
        }

        records.PassOver(name);
    }

    /// <summary>Passes the counts on and forgets them.</summary>
    public void Flush(RecordReceiver records)
    {
        for (int i = 0; i < Usual.Length; i++)
        {
            if (_counts[i] > 0)
            {
                records.PassOver(Usual[i], _counts[i]);
            }
        }

        Array.Clear(_counts);
    }
}
