using System.Globalization;
using FastIngest.Dialects.Contract;
using FastIngest.Generate;
using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Benchmarks;

/// <summary>
/// Fails when a hot stage allocates for every record. Readers and sinks make their buffers at the start, so it is the
/// second half of their work that is held against its records; the other stages may allocate a little for each call.
/// </summary>
internal static class AllocationCheck
{
    /// <summary>The smallest object has 24 bytes: an allocation for one record in six is the limit, as learning shapes and flushing allocate now and then.</summary>
    private const double MaxBytesPerRecord = 4;

    private const long MaxBytesPerCall = 16 * 1024;

    private const int Calls = 5;

    /// <summary>Runs the stages and prints a line each; 1 when one is over the limit.</summary>
    public static int Run(TextWriter output)
    {
        List<string> over = [];
        CheckCalls();
        foreach (Category category in SampleData.LargeCategories)
        {
            foreach (GeneratorStyle style in Enum.GetValues<GeneratorStyle>())
            {
                CheckReading(category, style);
            }
        }

        output.WriteLine(over.Count == 0 ? "No stage allocates per record." : $"Stages that allocate per record: {string.Join("; ", over)}");
        return over.Count == 0 ? 0 : 1;

        void CheckCalls()
        {
            foreach (IoMode mode in (IoMode[])[IoMode.Mmap, IoMode.Pread])
            {
                ReadBenchmarks read = new() { Io = mode };
                read.Open();
                CheckCall($"read {mode}", () => read.Sum() > 0 ? 1 : 0);
                read.Close();
            }

            SplitBenchmarks split = new();
            split.Open();
            CheckCall("split by separator", split.Separators);
            CheckCall("split by guess", split.Guesses);
            split.Close();
            ReduceBenchmarks reduce = new();
            reduce.Open();
            CheckCall("reduce", reduce.Reduce);
            EntryBenchmarks entries = new() { MeanBytes = 3_000 };
            entries.Open();
            CheckHalves("clean entries", entries.Clean);
            CheckCall("clean and identify entries", entries.CleanAndIdentify);
            SinkBenchmarks sink = new();
            sink.Open();
            CheckHalves("sink sqlite", share => sink.Write(sink.NewSqlite(), share).GetAwaiter().GetResult());
            CheckHalves("sink ndjson", share => sink.Write(SinkBenchmarks.NewNdjson(), share).GetAwaiter().GetResult());
        }

        void CheckReading(Category category, GeneratorStyle style)
        {
            using CategoryReading reading = new(category, SampleData.PathOfLarge(category, style));
            ChunkOutput events = new(PartitionBoundaries.FromSample([], 1));
            CheckHalves($"parse {category.Name()} {style}", reading.ReadByShapes);
            CheckHalves($"parse {category.Name()} {style}, general reader", reading.ReadGenerally);
            CheckHalves($"aggregate {category.Name()} {style}", share => reading.Map(events, share));
        }

        void CheckCall(string stage, Func<long> run)
        {
            (long bytes, long records) = Measure(run);
            Classify(stage, Math.Max(0, bytes - MaxBytesPerCall), records);
        }

        void CheckHalves(string stage, Func<double, long> run)
        {
            (long halfBytes, long halfRecords) = Measure(() => run(0.5));
            (long bytes, long records) = Measure(() => run(1));
            Classify(stage, bytes - halfBytes, records - halfRecords);
        }

        void Classify(string stage, long bytes, long records)
        {
            double perRecord = bytes / (double)records;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perRecord,9:0.000} B/record  {stage}"));
            if (!(perRecord < MaxBytesPerRecord))
            {
                over.Add(stage);
            }
        }
    }

    /// <summary>The least that a call allocates, on any thread: the first ones grow buffers, and the runtime allocates for itself at times.</summary>
    private static (long Bytes, long Records) Measure(Func<long> run)
    {
        long least = long.MaxValue;
        long records = 0;
        for (int call = 0; call < Calls; call++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            records = run();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return (least, records);
    }
}
