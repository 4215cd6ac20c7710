using System.Buffers.Binary;
using FastIngest.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>Entries in an <see cref="EntryOrder"/>, one after another.</summary>
internal abstract class RecordRun : IDisposable
{
    /// <summary>The entry, valid until the next call of <see cref="Next"/>.</summary>
    public abstract ReadOnlySpan<byte> Current { get; }

    /// <summary>Moves to the next entry; false at the end.</summary>
    /// <exception cref="IngestException">A temporary file cannot be read.</exception>
    public abstract bool Next();

    public virtual void Dispose()
    {
    }
}

/// <summary>The entries in memory.</summary>
/// <param name="bytes">The entries, each after its length.</param>
/// <param name="starts">Where each length begins, in the order of the entries.</param>
internal sealed class MemoryRun(byte[] bytes, ReadOnlyMemory<int> starts) : RecordRun
{
    private int _index = -1;

    public override ReadOnlySpan<byte> Current => RecordSort.EntryAt(bytes, starts.Span[_index]);

    public override bool Next() => ++_index < starts.Length;
}

/// <summary>The entries of a temporary file without a name, each after its length.</summary>
/// <param name="file">The file.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="folder">Its folder, for messages.</param>
internal sealed class FileRun(SafeFileHandle file, long length, string folder) : RecordRun
{
    private const int BlockBytes = 64 << 10;

    private byte[] _block = [];
    private long _readTo;
    private int _start, _end, _entryBytes;

    /// <summary>How often the entries were merged into a longer run.</summary>
    public int Level { get; init; }

    public override ReadOnlySpan<byte> Current => _block.AsSpan(_start + sizeof(int), _entryBytes);

    public override bool Next()
    {
        if (_block.Length == 0)
        {
            _block = new byte[BlockBytes];
        }
        else
        {
            _start += sizeof(int) + _entryBytes;
        }

        if (!Fill(sizeof(int)))
        {
            return false;
        }

        _entryBytes = BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(_start));
        return Fill(sizeof(int) + _entryBytes);
    }

    public override void Dispose()
    {
        file.Dispose();
        base.Dispose();
    }

    /// <summary>Has at least so many bytes in the block; false at the end of the file.</summary>
    private bool Fill(int bytes)
    {
        if (_end - _start >= bytes)
        {
            return true;
        }

        if (_end - _start + (length - _readTo) < bytes)
        {
            return false;
        }

        byte[] block = bytes > _block.Length ? new byte[Math.Max(bytes, (int)Math.Min(_block.Length * 2L, Array.MaxLength))] : _block;
        _block.AsSpan(_start.._end).CopyTo(block);
        (_block, _start, _end) = (block, 0, _end - _start);
        try
        {
            while (_end < bytes)
            {
                int read = RandomAccess.Read(file, _block.AsSpan(_end), _readTo);
                if (read == 0)
                {
                    throw new IOException("The temporary file became shorter.");
                }

                _readTo += read;
                _end += read;
            }
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, $"A temporary file in {folder}");
        }

        return true;
    }
}
