using System.Buffers.Binary;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Columns.Parquet;

/// <summary>
/// A file of Apache Parquet. Each group is a row group; its columns are written one after another, each in pages of about 1 MiB that are
/// compressed on their own. The footer, a few kilobytes for each group, is kept until the end.
/// </summary>
internal sealed class ParquetColumnWriter(OutputTable table, FileOutput output) : ColumnWriter(output)
{
    private const int DataPage = 0, DictionaryPage = 2;

    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private readonly ParquetFooter _footer = new(table);
    private readonly ParquetPages _pages = new();
    private readonly PageCompressor _compressor = new();
    private readonly ThriftWriter _header = new();
    private readonly ChunkPlace[] _places = new ChunkPlace[table.Columns.Count];

    public static ColumnFormat Format { get; } = new("parquet", (table, output) => new ParquetColumnWriter(table, output));

    public override void Dispose()
    {
        _compressor.Dispose();
        base.Dispose();
    }

    public override ValueTask BeginAsync(CancellationToken cancellationToken) => WriteAsync(Magic, cancellationToken);

    public override async ValueTask WriteAsync(ColumnGroup group, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] = await WriteColumnAsync(group.Columns[i], cancellationToken).ConfigureAwait(false);
        }

        _footer.Add(group, _places);
    }

    public override async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> footer = _footer.Finish();
        await WriteAsync(footer, cancellationToken).ConfigureAwait(false);
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        await WriteAsync(length, cancellationToken).ConfigureAwait(false);
        await WriteAsync(Magic, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ChunkPlace> WriteColumnAsync(ColumnValues values, CancellationToken cancellationToken)
    {
        long start = Position, bytes = 0;
        _pages.Begin(values);
        if (_pages.HasDictionary)
        {
            _pages.WriteDictionary();
            bytes += await WritePageAsync(DictionaryPage, _pages.DictionaryCount, ParquetPages.Plain, cancellationToken).ConfigureAwait(false);
        }

        long dataStart = Position;
        for (int from = 0, to; from < values.Count; from = to)
        {
            to = _pages.Write(from);
            int encoding = _pages.HasDictionary ? ParquetPages.RleDictionary : ParquetPages.Plain;
            bytes += await WritePageAsync(DataPage, to - from, encoding, cancellationToken).ConfigureAwait(false);
        }

        return new ChunkPlace(start, dataStart, bytes, Position - start);
    }

    /// <summary>Writes the current page after its header, and returns the bytes of both without compression.</summary>
    private async ValueTask<long> WritePageAsync(int kind, int values, int encoding, CancellationToken cancellationToken)
    {
        int bytes = _pages.Page.Length;
        ReadOnlyMemory<byte> compressed = _compressor.Compress(_pages.Page);
        _header.Clear();
        _header.Int32(1, kind);
        _header.Int32(2, bytes);
        _header.Int32(3, compressed.Length);
        _header.StartStruct(kind == DataPage ? 5 : 7);
        _header.Int32(1, values);
        _header.Int32(2, encoding);
        if (kind == DataPage)
        {
            _header.Int32(3, ParquetPages.Rle);
            _header.Int32(4, ParquetPages.Rle);
        }

        _header.EndStruct();
        _header.End();
        await WriteAsync(_header.Written, cancellationToken).ConfigureAwait(false);
        await WriteAsync(compressed, cancellationToken).ConfigureAwait(false);
        return _header.Length + bytes;
    }
}
