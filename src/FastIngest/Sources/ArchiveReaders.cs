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
    /// <exception cref="IngestException">The archive is damaged.</exception>
    public ArchiveReader(string path, Func<SourceFile> open)
    {
        File = open();
        Stream = new SourceStream(File);
        try
        {
            Archive = new ZipArchive(Stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (Exception e) when (IsFault(e))
        {
            using (File)
            {
                ZipEnd.Check(path, File);
                throw ZipEnd.Fault(path, $"{e.Message.TrimEnd('.')} (it has {File.Length} bytes)", e);
            }
        }
        catch
        {
            File.Dispose();
            throw;
        }
    }

    /// <summary>The archive.</summary>
    public SourceFile File { get; }

    public ZipArchive Archive { get; }

    /// <summary>The bytes of the file. Its position tells how much of the current member was read.</summary>
    public SourceStream Stream { get; }

    /// <summary>Whether .NET throws the exception for a damaged archive.</summary>
    public static bool IsFault(Exception e) => e is InvalidDataException or IOException or ArgumentException or NotSupportedException or OverflowException;

    public void Dispose()
    {
        Archive.Dispose();
        File.Dispose();
    }
}
