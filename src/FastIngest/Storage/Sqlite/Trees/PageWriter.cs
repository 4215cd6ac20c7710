using System.Buffers.Binary;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Sqlite.Trees;

/// <summary>
/// Appends pages to a SQLite file that no connection has open. The file has its tables already, and no free pages.
/// https://www.sqlite.org/fileformat2.html#the_database_header
/// </summary>
internal sealed class PageWriter
{
    /// <summary>SQLite locks this byte of a file, so that its page holds no data.</summary>
    private const long LockByte = 0x4000_0000;

    private const int PageCountPlace = 28, BufferBytes = 256 * 1024;

    private readonly PartialFile _file;
    private readonly uint _lockPage, _maxPages;
    private readonly byte[] _buffer;
    private int _buffered;
    private long _bufferStart;

    /// <param name="file">The file.</param>
    /// <param name="pageBytes">The size of its pages.</param>
    /// <param name="pageCount">The number of its pages.</param>
    /// <param name="maxPages">The number of pages that it may have; 0 for no limit but SQLite's.</param>
    public PageWriter(PartialFile file, int pageBytes, uint pageCount, uint maxPages)
    {
        _file = file;
        PageBytes = pageBytes;
        _lockPage = (uint)(LockByte / pageBytes) + 1;
        _maxPages = maxPages == 0 ? uint.MaxValue - 1 : maxPages;
        _buffer = new byte[Math.Max(BufferBytes, pageBytes)];
        Next = After(pageCount);
        _bufferStart = Place(Next);
    }

    public int PageBytes { get; }

    /// <summary>The number of the page that is appended next.</summary>
    public uint Next { get; private set; }

    /// <summary>The number of the page that is appended after another one.</summary>
    public uint After(uint page) => page + 1 == _lockPage ? page + 2 : page + 1;

    /// <summary>Appends a page and returns its number.</summary>
    /// <exception cref="IngestException">The disk is full or broken.</exception>
    public uint Append(ReadOnlySpan<byte> page)
    {
        uint number = Next;
        if (number > _maxPages)
        {
            throw FileFault.Full(_file.DisplayPath);
        }

        page.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += PageBytes;
        Next = After(number);
        if (_buffered + PageBytes > _buffer.Length || Next != number + 1)
        {
            Flush();
        }

        return number;
    }

    /// <summary>Replaces a page that was in the file before.</summary>
    /// <exception cref="IngestException">The disk is full or broken.</exception>
    public void Replace(uint number, ReadOnlySpan<byte> page) => Write(Place(number), page);

    /// <summary>Writes what is left, and the new number of pages.</summary>
    /// <exception cref="IngestException">The disk is full or broken.</exception>
    public void Finish()
    {
        Flush();
        Span<byte> count = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(count, Next - 1 == _lockPage ? Next - 2 : Next - 1);
        Write(PageCountPlace, count);
    }

    private long Place(uint number) => (long)(number - 1) * PageBytes;

    private void Flush()
    {
        Write(_bufferStart, _buffer.AsSpan(0, _buffered));
        _file.CountWritten(_buffered);
        _buffered = 0;
        _bufferStart = Place(Next);
    }

    private void Write(long place, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file.Stream.SafeFileHandle, bytes, place);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, _file.DisplayPath);
        }
    }
}
