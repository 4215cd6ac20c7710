using System.Buffers;
using FastIngest.Dialects.CategoryJson;
using FastIngest.Dialects.Contract;
using FastIngest.Generate;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Benchmarks;

/// <summary>One file, completely in memory, with the readers and the mapper of its category.</summary>
internal sealed class CategoryReading : IDisposable
{
    private static readonly SearchValues<byte> Separators = SearchValues.Create(" \r\n\t,[]"u8);

    private static readonly CategoryJsonDialect Dialect = new();

    private readonly SourceFile _file;
    private readonly FileWindow _window = new();
    private readonly FramePosition _head;
    private readonly RecordFields _fields;
    private readonly ElementReader _reader;
    private readonly Category _category;
    private readonly ChunkReader _chunks;

    public CategoryReading(Category category, string path)
    {
        _file = SourceFile.Open(path, IoMode.Pread);
        _window.Attach(_file);
        _window.MoveTo(0, _file.Length);
        _head = FileHead.Find(_window.Bytes);
        _fields = new RecordFields(RecordSchema.Of(category).Names);
        _reader = new ElementReader(_window, _fields, SampleData.MaxRecordBytes);
        _category = category;
        _chunks = Dialect.CreateReader(category, SampleData.MaxRecordBytes);
    }

    public long Bytes => _file.Length;

    /// <summary>Reads the first share of the file by learned shapes, like the pipeline. Returns the number of records.</summary>
    public long ReadByShapes(double share = 1)
    {
        long records = 0;
        _reader.Start(_head, EndOf(share));
        while (_reader.Next())
        {
            records++;
        }

        return records;
    }

    /// <summary>Reads the first share of the file with the general reader only. Returns the number of records.</summary>
    public long ReadGenerally(double share = 1)
    {
        long records = 0;
        long end = EndOf(share);
        ReadOnlySpan<byte> bytes = _window.Bytes;
        int position = (int)_head.Offset;
        while (true)
        {
            int skipped = bytes[position..].IndexOfAnyExcept(Separators);
            if (skipped < 0 || position + skipped >= end)
            {
                return records;
            }

            position += skipped;
            if (GeneralReader.Read(bytes[position..], isFinal: true, _fields, out int length) != ReadStatus.Object)
            {
                throw new InvalidDataException($"{_file.Path}: there is no record at byte {position}");
            }

            position += length;
            records++;
        }
    }

    /// <summary>Maps the first share of the file as one chunk, like the map stage. Returns the number of records.</summary>
    public long Map(ChunkOutput output, double share = 1)
    {
        FilePlan plan = Dialect.Plan(_file, _category, (int)EndOf(share), SampleData.MaxRecordBytes);
        _chunks.Read(plan, 0, plan.Head, output, encoders: [], CancellationToken.None);
        foreach (Reject reject in output.Rejects)
        {
            throw new InvalidDataException($"{_file.Path}: {reject.Reason} at byte {reject.Offset}");
        }

        return output.Records;
    }

    private long EndOf(double share) => (long)(_file.Length * share);

    public void Dispose()
    {
        _chunks.Dispose();
        _window.Dispose();
        _file.Dispose();
    }
}

/// <summary>The whole data set as one partition, ready to be reduced.</summary>
internal sealed class MappedPartition
{
    private readonly PartitionData _data = new(1 << 20);

    public MappedPartition()
    {
        using PartitionStore store = new(1, new BlockPool(1L << 30), Path.GetTempPath());
        for (int i = 0; i < Categories.Length; i++)
        {
            using CategoryReading reading = new(Categories[i], SampleData.PathOf(Categories[i], GeneratorStyle.Pretty));
            ChunkOutput output = new(Boundaries);
            reading.Map(output);
            store.Append(0, new SegmentId((int)Categories[i], i, 0), output.Events[0].Bytes);
            InputBytes += reading.Bytes;
        }

        store.Seal();
        store.Load(0, _data);
    }

    public PartitionBoundaries Boundaries { get; } = PartitionBoundaries.FromSample([], 1);

    public Category[] Categories { get; } = [.. Health.Categories.Named];

    /// <summary>A reducer for a partition of any size, with the batch size of the default memory limit.</summary>
    public static PartitionReducer NewReducer() => new(maxRuns: 1 << 22, batchRows: 1024, batchTextBytes: 512 * 1024, repeats: default, SourcePolicy.Largest);

    public void Reduce(PartitionReducer reducer, IRowReceiver receiver)
    {
        if (!reducer.TryRead(_data.Bytes, _data.Segments))
        {
            throw new InvalidOperationException("The partition has too many runs.");
        }

        reducer.Reduce(KeyRange.All, _data.Bytes, receiver, default);
    }

    public long InputBytes { get; }
}
