using FastIngest.Health;
using FastIngest.Shuffle;

namespace FastIngest.Pipeline.Reduce;

/// <summary>
/// Splits a partition that turned out too large into smaller ones by its own keys: reads it segment by segment, twice,
/// and appends its events to a store of their own, as the map did. One splitter serves one worker.
/// </summary>
internal sealed class PartitionSplitter(MemoryPlan memory, string tempDirectory)
{
    private const int MaxParts = 64;
    private const int SamplesPerPart = 16;

    /// <summary>A user's own record is at home before all days.</summary>
    private const int OwnDay = int.MinValue;

    private readonly BlockPool _pool = new(memory.PartitionBytes / 2);
    private readonly SegmentMemory _memory = new();
    private byte[] _buffer = [];

    /// <summary>Boundaries that cut the partition's keys; null when it has only one.</summary>
    /// <param name="store">Where it lies.</param>
    /// <param name="partition">Which it is.</param>
    /// <param name="range">The keys that it may have.</param>
    /// <param name="token">Ends the work.</param>
    public PartitionBoundaries? ChooseBoundaries(PartitionStore store, int partition, KeyRange range, CancellationToken token)
    {
        // Twice as many parts as would do, as they will not be equal, nor their runs as few as hoped for.
        long bytes = store.BytesOf(partition);
        int parts = (int)Math.Clamp(2 * bytes / memory.PartitionBytes, 4, MaxParts);
        long step = Math.Max(1, bytes / (parts * SamplesPerPart));
        List<RowKey> sample = [];
        LeastKeys least = new();
        long passed = 0;
        store.Visit(partition, ref _buffer, (id, segment) =>
        {
            token.ThrowIfCancellationRequested();
            SegmentReader reader = new(segment, 0, segment.Length);
            int counted = 0;
            while (reader.Next())
            {
                if (id.Kind == (int)Category.Users && range.IsBelow(reader.User, OwnDay))
                {
                    // A copy that goes with the user's days: it is in every part that has one.
                    counted = reader.Position;
                    continue;
                }

                int day = id.Kind == (int)Category.Users ? OwnDay : reader.Day;
                passed += reader.Position - counted;
                counted = reader.Position;
                if (reader.IsNewKey)
                {
                    least.Add(reader.User, day);
                }

                if (passed >= step)
                {
                    passed = 0;
                    sample.Add(new RowKey(reader.User.ToArray(), day));
                }
            }
        });
        if (least.Second is not { } second)
        {
            return null;
        }

        // Nothing lies below the first key: a boundary there would leave all in one part, for ever.
        sample.RemoveAll(key => RowKey.Compare(key, least.First!.Value) == 0);
        PartitionBoundaries boundaries = PartitionBoundaries.FromSample(sample, parts);
        return boundaries.PartitionCount > 1 ? boundaries : PartitionBoundaries.At(second);
    }

    /// <summary>Makes a store of the parts. The partition stays as it is.</summary>
    public PartitionStore Split(PartitionStore store, int partition, PartitionBoundaries boundaries, CancellationToken token)
    {
        PartitionStore parts = new(boundaries.PartitionCount, _pool, tempDirectory);
        try
        {
            MapOutput output = new(boundaries, _memory);
            store.Visit(partition, ref _buffer, (id, segment) =>
            {
                token.ThrowIfCancellationRequested();
                Copy(id, segment, output);
                foreach (int part in output.Touched)
                {
                    parts.Append(part, id, output[part].Bytes);
                }

                output.Clear();
            });

            // The memory is for the next one to be split, which may be one of the parts.
            parts.Seal(keepInMemory: false);
            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    private static void Copy(SegmentId id, ReadOnlySpan<byte> segment, MapOutput output)
    {
        SegmentReader reader = new(segment, 0, segment.Length);
        while (reader.Next())
        {
            Category category = (Category)id.Kind;
            PayloadReader payload = new(segment, reader.PayloadStart);
            long maxPayload = EventCopy.MaxPayload(category, payload);
            if (category == Category.Users)
            {
                // As in the map: every part that may hold one of the user's days gets the record.
                (int first, int last) = output.RangeOf(reader.User);
                for (int part = first; part <= last; part++)
                {
                    Segment target = output.Touch(part);
                    target.Begin(reader.User, reader.Day, maxPayload);
                    EventCopy.Append(category, payload, target);
                }
            }
            else
            {
                EventCopy.Append(category, payload, output.Begin(reader.User, reader.Day, maxPayload));
            }
        }
    }

    /// <summary>The two least of the keys that it was shown.</summary>
    private sealed class LeastKeys
    {
        public RowKey? First { get; private set; }

        public RowKey? Second { get; private set; }

        public void Add(ReadOnlySpan<byte> user, int day)
        {
            if (Compare(user, day, First) < 0)
            {
                Second = First;
                First = new RowKey(user.ToArray(), day);
            }
            else if (Compare(user, day, First) > 0 && Compare(user, day, Second) < 0)
            {
                Second = new RowKey(user.ToArray(), day);
            }
        }

        private static int Compare(ReadOnlySpan<byte> user, int day, RowKey? other) =>
            other is { } key ? RowKey.Compare(user, day, key.User, key.Day) : -1;
    }
}
