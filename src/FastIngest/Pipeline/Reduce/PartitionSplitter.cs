using FastIngest.Health;
using FastIngest.Shuffle;

namespace FastIngest.Pipeline.Reduce;

/// <summary>
/// Splits a partition that is too large into smaller ones by its own keys. It reads the partition segment by segment, twice,
/// and appends the events to a separate store, as the map does. One splitter serves one worker.
/// </summary>
internal sealed class PartitionSplitter(MemoryPlan memory, RepeatRule repeats, string tempDirectory)
{
    private const int MaxParts = 64;
    private const int SamplesPerPart = 16;

    /// <summary>The day that stands for a user's profile record, which sorts before all days.</summary>
    private const int OwnDay = int.MinValue;

    private readonly BlockPool _pool = new(memory.PartitionBytes / 2);
    private readonly SegmentMemory _memory = new();
    private byte[] _buffer = [];

    /// <summary>Chooses boundaries that divide the partition's keys; null when it has only one key.</summary>
    /// <param name="store">The store that holds the partition.</param>
    /// <param name="partition">The index of the partition.</param>
    /// <param name="range">The range of keys that the partition may contain.</param>
    /// <param name="token">Ends the work.</param>
    public PartitionBoundaries? ChooseBoundaries(IShuffledPartitions store, int partition, KeyRange range, CancellationToken token)
    {
        // Choose twice as many parts as needed, because the parts are unequal and may contain more runs than expected.
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
                    // This profile is a copy for the user's days; every part with such a day receives one.
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

        // A boundary at the first key would leave all events in one part, and splitting would never end.
        sample.RemoveAll(key => RowKey.Compare(key, least.First!.Value) == 0);
        PartitionBoundaries boundaries = PartitionBoundaries.FromSample(sample, parts);
        return boundaries.PartitionCount > 1 ? boundaries : PartitionBoundaries.At(second);
    }

    /// <summary>Creates a store of the parts. The partition itself does not change.</summary>
    public PartitionStore Split(IShuffledPartitions store, int partition, PartitionBoundaries boundaries, CancellationToken token)
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

            // Release the memory for the next split, which may be a split of one of the parts.
            parts.Seal(keepInMemory: false);
            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    private void Copy(SegmentId id, ReadOnlySpan<byte> segment, MapOutput output)
    {
        SegmentReader reader = new(segment, 0, segment.Length);
        while (reader.Next())
        {
            Category category = (Category)id.Kind;
            bool hasTimes = repeats.Applies(category);
            PayloadReader payload = new(segment, reader.PayloadStart);
            long maxPayload = EventCopy.MaxPayload(category, hasTimes, payload);
            if (category == Category.Users)
            {
                // As in the map, every part that may hold one of the user's days receives the record.
                (int first, int last) = output.RangeOf(reader.User);
                for (int part = first; part <= last; part++)
                {
                    Segment target = output.Touch(part);
                    target.Begin(reader.User, reader.Day, maxPayload);
                    EventCopy.Append(category, hasTimes, payload, target);
                }
            }
            else
            {
                EventCopy.Append(category, hasTimes, payload, output.Begin(reader.User, reader.Day, maxPayload));
            }
        }
    }

    /// <summary>Finds the two smallest distinct keys.</summary>
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
