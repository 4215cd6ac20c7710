using FastIngest.Storage.Files;

namespace FastIngest.Storage.Columns;

/// <summary>A format of files with the rows of one table.</summary>
/// <param name="name">The name, such as <c>parquet</c>.</param>
/// <param name="create">Creates a writer for one file.</param>
internal sealed class ColumnFormat(string name, Func<OutputTable, FileOutput, ColumnWriter> create)
{
    public string Name => name;

    /// <summary>The ending of file names, such as <c>.parquet</c>.</summary>
    public string Ending { get; } = "." + name;

    public ColumnWriter CreateWriter(OutputTable table, FileOutput output) => create(table, output);
}

/// <summary>Writes a table to a file: <see cref="BeginAsync"/>, any number of groups, <see cref="EndAsync"/>. The bytes depend on the groups alone.</summary>
internal abstract class ColumnWriter(FileOutput output) : IDisposable
{
    /// <summary>Bytes are passed on in pieces of this size, so that the buffer of the output stays small.</summary>
    private const int PieceBytes = 128 << 10;

    /// <summary>The number of bytes written so far.</summary>
    public long Position { get; private set; }

    /// <summary>Writes what comes before the first row.</summary>
    public abstract ValueTask BeginAsync(CancellationToken cancellationToken);

    /// <summary>Writes the rows of a group, which has at least one.</summary>
    public abstract ValueTask WriteAsync(ColumnGroup group, CancellationToken cancellationToken);

    /// <summary>Writes what comes after the last row.</summary>
    public abstract ValueTask EndAsync(CancellationToken cancellationToken);

    public virtual void Dispose()
    {
    }

    protected async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Position += bytes.Length;
        while (!bytes.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, PieceBytes)];
            piece.CopyTo(output.Writer.GetMemory(piece.Length));
            output.Writer.Advance(piece.Length);
            bytes = bytes[piece.Length..];
            if (output.IsFull)
            {
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
