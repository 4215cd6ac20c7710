using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>
/// Compares entries with those that are stored, in the form in which the server sends and takes them: what is equal byte for
/// byte, the rules' version aside, is equal. One for each worker.
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

    /// <summary>The version that is stored may have another length than today's.</summary>
    private static bool IsOneField(ReadOnlySpan<byte> rest) =>
        rest.Length >= sizeof(int) && System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(rest) == rest.Length - sizeof(int);
}
