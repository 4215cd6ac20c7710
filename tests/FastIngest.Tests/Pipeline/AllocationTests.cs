using System.Diagnostics;
using System.Reflection;
using FastIngest.Dialects.CategoryJson;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Shuffle;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

/// <summary>After a warm-up, reading and mapping allocate nothing, so that the collector has no work for input of any size.</summary>
public sealed class AllocationTests
{
    private const int Records = 10_000;

    /// <summary>The general reader reads the last record of a file and learns its shape: once per lap, not once per record.</summary>
    private const long MaxBytes = 4096;

    private static bool IsDebugBuild =>
        typeof(EventWriter).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled ?? false;

    public static TheoryData<Category> AllCategories => [.. Categories.Named];

    [Theory]
    [MemberData(nameof(AllCategories))]
    public void A_record_is_read_and_mapped_without_allocating(Category category)
    {
        Assert.SkipWhen(IsDebugBuild, "Code that is not optimized allocates where it reads constant tables.");
        using TemporaryFolder folder = new();
        byte[] sample = [.. File.ReadAllBytes(Directory.GetFiles(TestData.Health("ndjson"), $"{category.Name()}.json").Single())];
        List<byte> bytes = [];
        int records = 0;
        while (records < Records)
        {
            bytes.AddRange(sample);
            records += sample.AsSpan().Count((byte)'\n');
        }

        using SourceFile file = SourceFile.Open(folder.Write("data", bytes.ToArray()), IoMode.Mmap);
        using FileWindow window = new();
        window.Attach(file);
        RecordFields fields = new(RecordSchema.Of(category).Names);
        ElementReader reader = new(window, fields, 1 << 20);
        JsonRecordDecoder decoder = new(category);
        EventWriter writer = new(category);
        MapOutput output = new(PartitionBoundaries.FromSample([], 1));
        Assert.InRange(Lap(), Records, records + 1);

        // The warm-up ends when the runtime has recompiled the loops; the runtime decides when it does so.
        long allocated = long.MaxValue;
        for (long started = Stopwatch.GetTimestamp(); allocated >= MaxBytes && Stopwatch.GetElapsedTime(started) < Poll.Deadline;)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Lap();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Thread.Sleep(allocated < MaxBytes ? 0 : 50);
        }

        Assert.True(allocated < MaxBytes, $"{allocated} bytes for {records} records of {category.Name()}");

        long Lap()
        {
            output.Clear();
            decoder.Reset();
            writer.Reset();
            window.MoveTo(0, file.Length);
            reader.Start(new FramePosition(0, FrameState.Top), file.Length);
            long mapped = 0;
            while (reader.Next())
            {
                if (reader.Status == ReadStatus.Object)
                {
                    decoder.Decode(reader.Element, fields, out RecordView view);
                    mapped += writer.Write(view, output) is null ? 1 : 0;
                }
            }

            writer.Flush(output);
            return mapped;
        }
    }
}
