using FastIngest.Shuffle;
using FastIngest.Shuffle.Shared;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Shuffle;

/// <summary>The files of map tasks give back what was written, and no wrong byte in them stays unseen.</summary>
public sealed class SharedPartitionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _run = [.. Enumerable.Range(1, TaskSpill.RunBytes).Select(i => (byte)i)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_range_of_partitions_has_the_segments_of_all_tasks() => Fuzz.Run(1_600_000, 100, random =>
    {
        int partitions = random.Next(1, 9), tasks = random.Next(1, 5);
        using PartitionStore expected = new(partitions, new BlockPool(1 << 20), Path.GetTempPath());
        string[] paths = [.. Enumerable.Range(0, tasks).Select(t => Write(t, partitions, random, expected))];
        expected.Seal();
        int from = random.Next(partitions), to = random.Next(from, partitions + 1);
        using SharedPartitions actual = Open(paths, partitions, from..to, keepOpen: random.Next(2) == 0);
        Assert.Equal(to - from, actual.Count);
        for (int partition = from; partition < to; partition++)
        {
            Assert.Equal(expected.BytesOf(partition), actual.BytesOf(partition - from));
            Assert.Equal(Loaded(expected, partition), Loaded(actual, partition - from));
            Assert.Equal(Visited(expected, partition), Visited(actual, partition - from));
        }
    });

    [Fact]
    public void A_wrong_byte_anywhere_is_an_error_that_names_the_file()
    {
        const int Partitions = 3;
        using PartitionStore store = new(Partitions, new BlockPool(1 << 20), Path.GetTempPath());
        string path = Write(0, Partitions, new Random(3), store);
        WrongBytes.AreNoticed(path, 5, () =>
        {
            using SharedPartitions partitions = Open([path], Partitions, 0..Partitions, keepOpen: true);
            for (int partition = 0; partition < Partitions; partition++)
            {
                Loaded(partitions, partition);
                Visited(partitions, partition);
            }
        });
    }

    [Fact]
    public void A_piece_in_the_place_of_another_one_is_an_error()
    {
        using PartitionStore store = new(2, new BlockPool(1 << 20), Path.GetTempPath());
        string first = Write(0, 2, new Random(4), store), second = Write(1, 2, new Random(4), store);
        byte[] other = File.ReadAllBytes(second);
        Assert.Equal(File.ReadAllBytes(first).Length, other.Length);
        File.Copy(second, first, overwrite: true);
        Assert.Contains("is that of task 1, not of task 0", Assert.Throws<IngestException>(() => Open([first], 2, 0..2, keepOpen: true)).Message, StringComparison.Ordinal);
        _run[31] ^= 1;
        Assert.Contains("is that of another run", Assert.Throws<IngestException>(() => Open([second, second], 2, 0..2, keepOpen: true)).Message, StringComparison.Ordinal);
    }

    private static List<(SegmentId, string)> Loaded(IShuffledPartitions store, int partition)
    {
        PartitionData data = new(1024);
        store.Load(partition, data);
        List<(SegmentId, string)> found = [];
        foreach (SegmentRef segment in data.Segments)
        {
            found.Add((segment.Id, Convert.ToHexString(data.Bytes.Slice(segment.Start, segment.Length))));
        }

        return found;
    }

    private static List<(SegmentId, string)> Visited(IShuffledPartitions store, int partition)
    {
        byte[] buffer = [];
        List<(SegmentId Id, string Bytes)> found = [];
        store.Visit(partition, ref buffer, (id, bytes) => found.Add((id, Convert.ToHexString(bytes))));
        return [.. found.OrderBy(f => (f.Id.Kind, f.Id.FileIndex, f.Id.ChunkIndex))];
    }

    /// <summary>Writes random segments of a task to a file and to a store.</summary>
    private string Write(int task, int partitions, Random random, PartitionStore store)
    {
        string path = _folder.File($"{task}.{Guid.NewGuid():N}");
        using TaskSpillWriter writer = new(new LocalSharedOutput(path), _run, task, partitions);
        TaskShuffleStore shared = new(partitions, new BlockPool(random.Next(3) * 20_000), writer);
        int segments = random.Next(1, 30);
        for (int chunk = 0; chunk < segments; chunk++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            int partition = random.Next(partitions);
            SegmentId id = new(1, task, chunk);
            shared.Append(partition, id, bytes);
            store.Append(partition, id, bytes);
        }

        shared.Complete();
        Assert.Equal(new FileInfo(path).Length, writer.Length);
        return path;
    }

    private SharedPartitions Open(string[] paths, int partitions, Range own, bool keepOpen)
    {
        List<TaskSpillReader> spills = [];
        try
        {
            for (int task = 0; task < paths.Length; task++)
            {
                string path = paths[task];
                spills.Add(new TaskSpillReader(paths[task], () => new LocalSharedFile(path), _run, task, partitions, own, keepOpen));
            }

            return new SharedPartitions(spills, own.GetOffsetAndLength(partitions).Length);
        }
        catch
        {
            spills.ForEach(s => s.Dispose());
            throw;
        }
    }
}
