using System.IO.Compression;

namespace FastIngest.Sources;

/// <summary>
/// The open readers of one zip file. A reader serves one member at a time and is then used for the next one, because each reads the
/// whole directory of the archive when it is opened. Thread-safe.
/// </summary>
/// <param name="path">The path shown to the user.</param>
/// <param name="open">Opens the archive.</param>
internal sealed class ArchiveReaders(string path, Func<SourceFile> open)
{
    private readonly Lock _lock = new();
    private readonly Stack<ArchiveReader> _idle = [];
    private int _members;

    /// <summary>Notes that a member exists, which may need a reader.</summary>
    public void AddMember() => Interlocked.Increment(ref _members);

    /// <summary>Notes that a member needs no reader any more. After the last one, all readers are closed.</summary>
    public void RemoveMember()
    {
        if (Interlocked.Decrement(ref _members) > 0)
        {
            return;
        }

        lock (_lock)
        {
            while (_idle.TryPop(out ArchiveReader? reader))
            {
                reader.Dispose();
            }
        }
    }

    /// <summary>Returns a reader that nobody else uses.</summary>
    /// <exception cref="IngestException">The archive is damaged.</exception>
    public ArchiveReader Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out ArchiveReader? reader))
            {
                return reader;
            }
        }

        return new ArchiveReader(path, open);
    }

    /// <summary>Takes a reader back.</summary>
    public void Return(ArchiveReader reader)
    {
        lock (_lock)
        {
            _idle.Push(reader);
        }
    }
}

/// <summary>An open zip file, with the directory of its members.</summary>
internal sealed class ArchiveReader : IDisposable
{
    private readonly SourceFile _file;

    /// <exception cref="IngestException">The archive is damaged.</exception>
    public ArchiveReader(string path, Func<SourceFile> open)
    {
        _file = open();
        Stream = new SourceStream(_file);
        try
        {
            Archive = new ZipArchive(Stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException e)
        {
            _file.Dispose();
            throw CannotRead(path, e);
        }
    }

    public ZipArchive Archive { get; }

    /// <summary>The bytes of the file. Its position tells how much of the current member was read.</summary>
    public SourceStream Stream { get; }

    /// <summary>The error of a damaged archive.</summary>
    public static IngestException CannotRead(string path, InvalidDataException e) => new(
        $"{path} cannot be decompressed: {e.Message.TrimEnd('.')}.", "Download or copy the file once more, or test it with unzip -t.", e);

    public void Dispose()
    {
        Archive.Dispose();
        _file.Dispose();
    }
}
