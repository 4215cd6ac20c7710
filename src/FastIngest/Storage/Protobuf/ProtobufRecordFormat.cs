using FastIngest.Health;
using FastIngest.Proto;
using FastIngest.Sinks.Records;

namespace FastIngest.Storage.Protobuf;

/// <summary>The format of records for files of Protocol Buffers: messages with columns, which are written unchanged.</summary>
internal sealed class ProtobufRecordFormat : IRecordFormat
{
    /// <summary>Most chunks have fewer bytes; to allocate their buffers anew would cost more memory than to keep them.</summary>
    private const int MinKeptBytes = 128 << 10;

    private ProtobufRecordFormat()
    {
    }

    public static ProtobufRecordFormat Instance { get; } = new();

    public bool TakesProfiles => true;

    public Func<RecordBatch> CreateBatches(int pieceBytes) => () => new ProtobufRecordBatch(Math.Max(pieceBytes, MinKeptBytes));

    public RecordEncoder CreateEncoder(Category category) => new ProtobufRecordEncoder(category);
}

/// <summary>The messages of a chunk.</summary>
/// <param name="keptBytes">A buffer above this size is released when the batch is cleared.</param>
internal sealed class ProtobufRecordBatch(int keptBytes) : RecordBatch
{
    private readonly List<EncodedBatch> _encoded = [];
    private readonly WireWriter _writer = new();

    public override IRecordFormat Format => ProtobufRecordFormat.Instance;

    /// <summary>The messages, in the order of their records.</summary>
    public IReadOnlyList<EncodedBatch> Encoded => _encoded;

    /// <summary>The buffer for a message. Call <see cref="Add"/> after each.</summary>
    public WireWriter Writer => _writer;

    /// <summary>Returns the bytes of a message.</summary>
    public ReadOnlyMemory<byte> BytesOf(EncodedBatch encoded) => _writer.Memory.Slice(encoded.Start, encoded.Length);

    /// <summary>Adds a message that was written from a place of the buffer to its end.</summary>
    public void Add(int start, int file, int records) => _encoded.Add(new EncodedBatch(start, _writer.Length - start, file, records));

    public override void Save(BinaryWriter output)
    {
        output.Write(_encoded.Count);
        foreach (EncodedBatch encoded in _encoded)
        {
            output.Write(encoded.Length);
            output.Write(encoded.File);
            output.Write(encoded.Records);
        }

        output.Write(_writer.Written);
    }

    public override void Load(BinaryReader input)
    {
        int start = 0;
        for (int left = input.ReadInt32(); left > 0; left--)
        {
            EncodedBatch encoded = new(start, input.ReadInt32(), input.ReadInt32(), input.ReadInt32());
            _encoded.Add(encoded);
            start += encoded.Length;
        }

        input.BaseStream.ReadExactly(_writer.Extend(start));
    }

    public override void Clear()
    {
        base.Clear();
        _encoded.Clear();
        _writer.Clear(keptBytes);
    }
}

/// <summary>A message of a chunk.</summary>
/// <param name="Start">Where it begins in the buffer of the chunk.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="File">The <see cref="RecordView.File"/> of its records.</param>
/// <param name="Records">The number of its records.</param>
internal readonly record struct EncodedBatch(int Start, int Length, int File, int Records);
