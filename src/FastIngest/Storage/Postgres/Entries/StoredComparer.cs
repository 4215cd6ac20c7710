using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>
/// Detects entries that the current rules would store unchanged. It compares the encoded tuples of the stored and the new entry
/// byte by byte, without the pipeline version. Each worker has its own instance.
/// </summary>
public sealed class StoredComparer(string source) : IStoredComparer
{
    private readonly EntryTuples _tuples = new(source);
    private readonly CopyBuffer _now = new(16 << 10);

    public void Compare(EntryBatch batch)
    {
        foreach (ref EntryRow row in batch.Rows)
        {
            ReadOnlySpan<byte> stored = batch.Stored(row);
            if (row.Status != CleaningStatus.Valid || stored.IsEmpty)
            {
                continue;
            }

            _now.Clear();
            _tuples.WriteEntry(_now, row.RawId, batch, row);
            ReadOnlySpan<byte> now = _now.WrittenSpan[sizeof(short)..^EntryTuples.VersionFieldBytes];
            row.IsStoredSame = stored.StartsWith(now) && IsOneField(stored[now.Length..]);
        }
    }

    /// <summary>Whether exactly one field remains: the stored pipeline version, whose length may differ from the current one.</summary>
    private static bool IsOneField(ReadOnlySpan<byte> rest) =>
        rest.Length >= sizeof(int) && System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(rest) == rest.Length - sizeof(int);
}
