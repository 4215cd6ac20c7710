using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Chooses the partition boundaries from keys sampled at regular intervals of the input. An unrepresentative sample makes
/// the partitions unequal, but never affects a row.
/// </summary>
internal static class KeySampler
{
    private const long MaxPartitionInput = 4 << 20;
    private const int SamplesPerPartition = 8;

    /// <summary>Of files on servers fewer samples are taken, each of which is a request.</summary>
    private const int DistantSamplesPerPartition = 2;

    /// <summary>Events are less than a third of the size of their records, for any record order and even without white space.</summary>
    private const int InputPerEvents = 3;

    private const int SampleBytes = 8 * 1024;

    /// <summary>As <see cref="SampleBytes"/>, for dialects in which the records of many bytes of JSON have one key that is cheap to read.</summary>
    private const int DenseSampleBytes = 32 * 1024;

    /// <summary>Only this many bytes at the beginning of a compressed file are sampled.</summary>
    private const long UnpackedSampleBytes = 1 << 20;

    public static PartitionBoundaries ChooseBoundaries(long totalBytes, IReadOnlyList<FilePlan> plans, IngestOptions options, MemoryPlan memory)
    {
        int partitions = options.Partitions > 0
            ? options.Partitions
            : totalBytes < 1 << 20 ? 1 : (int)Math.Clamp(
                totalBytes / Math.Min(MaxPartitionInput, InputPerEvents * memory.PartitionBytes),
                Math.Min(2 * memory.Workers, memory.MaxPartitions),
                memory.MaxPartitions);
        List<RowKey> sample = [];
        if (partitions > 1)
        {
            int samples = plans.Any(p => p.File.IsDistant) ? DistantSamplesPerPartition : SamplesPerPartition;
            long step = Math.Max(1, totalBytes / ((long)partitions * samples));
            long next = 0;
            using Readers readers = new(options);
            foreach (FilePlan plan in plans.Where(p => p.Category != Category.Users))
            {
                // Of many small files only some are sampled.
                long end = LengthOf(plan);
                if (next < end)
                {
                    SampleFile(plan, readers.Of(plan), next, step, options, sample);
                    next += (end - next + step - 1) / step * step;
                }

                next -= end;
            }
        }

        return PartitionBoundaries.FromSample(sample, partitions);
    }

    /// <summary>The bytes of a file that are sampled, from the first record on.</summary>
    private static long LengthOf(FilePlan plan)
    {
        long length = plan.File.IsPacked ? Math.Min(UnpackedSampleBytes, plan.File.PackedLength * UnpackedFile.TypicalExpansion) : plan.File.Length;
        return Math.Max(0, length - plan.Head.Offset);
    }

    /// <param name="plan">The file.</param>
    /// <param name="reader">A reader of its dialect and category.</param>
    /// <param name="first">The distance of the first sample from the first record, in bytes.</param>
    /// <param name="step">The distance between two samples, in bytes.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="sample">Receives the keys.</param>
    private static void SampleFile(FilePlan plan, ChunkReader reader, long first, long step, IngestOptions options, List<RowKey> sample)
    {
        RecordScope? scope = RecordScope.Create(options.Selection, options.Pseudonyms);
        long end = plan.Head.Offset + LengthOf(plan);
        int density = plan.Dialect.Density;
        int sampleBytes = density > 1 ? DenseSampleBytes : SampleBytes;
        step = density > 1 ? Math.Max(step / density, sampleBytes) : step;
        step = plan.File.IsPacked ? Math.Min(step, UnpackedSampleBytes / SamplesPerPartition) : step;
        for (long offset = plan.Head.Offset + first; offset < Math.Min(end, plan.File.Length); offset += step)
        {
            if (reader.TryReadKey(plan, offset, Math.Min(offset + sampleBytes, plan.File.Length), out RowKey key))
            {
                sample.Add(scope is null ? key : key with { User = scope.IdOf(key.User) });
            }
        }

        plan.File.Rewind();
    }

    /// <summary>One reader for each dialect and category, because a run may have many files.</summary>
    private sealed class Readers(IngestOptions options) : IDisposable
    {
        private readonly Dictionary<(Dialect, Category), ChunkReader> _readers = [];

        public ChunkReader Of(FilePlan plan)
        {
            if (!_readers.TryGetValue((plan.Dialect, plan.Category), out ChunkReader? reader))
            {
                reader = plan.Dialect.CreateReader(plan.Category, options.MaxRecordBytes);
                reader.Rules = options.Rules;
                reader.TimeZone = options.TimeZone;
                _readers.Add((plan.Dialect, plan.Category), reader);
            }

            return reader;
        }

        public void Dispose()
        {
            foreach (ChunkReader reader in _readers.Values)
            {
                reader.Dispose();
            }
        }
    }
}
