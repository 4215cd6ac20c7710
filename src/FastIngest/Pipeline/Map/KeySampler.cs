using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Chooses the boundaries of the partitions from keys found at even steps through the input. A poor sample makes
/// partitions of unequal size, never a wrong row.
/// </summary>
internal static class KeySampler
{
    private const long MaxPartitionInput = 4 << 20;
    private const int SamplesPerPartition = 8;

    /// <summary>Events take less than a third of their records, in any order and in the tersest layout.</summary>
    private const int InputPerEvents = 3;

    private const int SampleBytes = 8 * 1024;

    public static PartitionBoundaries ChooseBoundaries(InputFiles input, IReadOnlyList<ChunkPlan> plans, IngestOptions options, MemoryPlan memory)
    {
        long total = input.TotalBytes;
        int partitions = options.Partitions > 0
            ? options.Partitions
            : total < 1 << 20 ? 1 : (int)Math.Clamp(
                total / Math.Min(MaxPartitionInput, InputPerEvents * memory.PartitionBytes),
                Math.Min(2 * memory.Workers, memory.MaxPartitions),
                memory.MaxPartitions);
        List<RowKey> sample = [];
        if (partitions > 1)
        {
            long step = Math.Max(1, total / ((long)partitions * SamplesPerPartition));
            using FileWindow window = new();
            for (int f = 0; f < plans.Count; f++)
            {
                if (plans[f].Category != Category.Users)
                {
                    SampleFile(input.Files[f], plans[f], step, window, options.MaxRecordBytes, sample);
                }
            }
        }

        return PartitionBoundaries.FromSample(sample, partitions);
    }

    private static void SampleFile(
        SourceFile file, ChunkPlan plan, long step, FileWindow window, int maxRecordBytes, List<RowKey> sample)
    {
        RecordFields fields = new(RecordSchema.Of(plan.Category).Names);
        ElementReader reader = new(window, fields, maxRecordBytes);
        RecordMapper mapper = new(plan.Category);
        window.Attach(file);
        for (long offset = plan.Head.Offset; offset < file.Length; offset += step)
        {
            long end = Math.Min(offset + SampleBytes, file.Length);
            window.MoveTo(offset, SampleBytes);
            long place = plan.Separator.Find(window, offset, end);
            if (place < 0)
            {
                place = reader.GuessStart(offset, end);
            }

            if (place < 0)
            {
                continue;
            }

            reader.Start(new FramePosition(place, plan.GuessedState), place + 1);
            if (reader.Next() && reader.Status == ReadStatus.Object
                && mapper.TryGetKey(reader.Element, fields, out ReadOnlySpan<byte> user, out int day))
            {
                sample.Add(new RowKey(user.ToArray(), day));
            }
        }

        window.Leave();
    }
}
