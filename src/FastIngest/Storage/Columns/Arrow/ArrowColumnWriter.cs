using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Columns.Arrow;

/// <summary>
/// A file of Apache Arrow (the IPC file format, also Feather version 2), uncompressed, so that readers can map it. Each group is a record
/// batch.
/// </summary>
internal sealed class ArrowColumnWriter(OutputTable table, FileOutput output) : ColumnWriter(output)
{
    private const int Alignment = 8;

    private static readonly byte[] Zeros = new byte[Alignment];

    private readonly ArrowMessages _messages = new();
    private readonly List<long> _blocks = [];
    private readonly List<long> _nodes = [], _buffers = [];
    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    public static ColumnFormat Format { get; } = new("arrow", (table, output) => new ArrowColumnWriter(table, output));

    public override async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        await WriteAsync("ARROW1\0\0"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await WriteMessageAsync(_messages.Schema(table), cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask WriteAsync(ColumnGroup group, CancellationToken cancellationToken)
    {
        long bodyBytes = Arrange(group);
        ReadOnlyMemory<byte> message = _messages.RecordBatch(group.RowCount, CollectionsMarshal.AsSpan(_nodes), CollectionsMarshal.AsSpan(_buffers), bodyBytes);
        long start = Position;
        await WriteMessageAsync(message, cancellationToken).ConfigureAwait(false);
        _blocks.AddRange(start, Position - start, bodyBytes);
        foreach (ReadOnlyMemory<byte> part in _parts)
        {
            await WritePaddedAsync(part, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        byte[] frame = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(frame, -1);
        await WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> footer = _messages.Footer(table, CollectionsMarshal.AsSpan(_blocks));
        await WriteAsync(footer, cancellationToken).ConfigureAwait(false);
        BinaryPrimitives.WriteInt32LittleEndian(frame, footer.Length);
        await WriteAsync(frame.AsMemory(0, 4), cancellationToken).ConfigureAwait(false);
        await WriteAsync("ARROW1"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the parts of the body and describes them; returns the length of the body.</summary>
    private long Arrange(ColumnGroup group)
    {
        _nodes.Clear();
        _buffers.Clear();
        _parts.Clear();
        long at = 0;
        foreach (ColumnValues column in group.Columns)
        {
            _nodes.AddRange(column.Count, column.NullCount);
            Add(column.NullCount > 0 ? column.Validity : default);
            if (column.Width == 0)
            {
                Add(column.Ends);
            }

            Add(column.Data);
        }

        return at;

        void Add(ReadOnlyMemory<byte> part)
        {
            _parts.Add(part);
            _buffers.AddRange(at, part.Length);
            at += Padded(part.Length);
        }
    }

    /// <summary>Writes a message after its mark and length; what follows begins at a multiple of 8.</summary>
    private async ValueTask WriteMessageAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        byte[] frame = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(frame, -1);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), (int)Padded(message.Length));
        await WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        await WritePaddedAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WritePaddedAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await WriteAsync(Zeros.AsMemory(0, (int)(Padded(bytes.Length) - bytes.Length)), cancellationToken).ConfigureAwait(false);
    }

    private static long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
