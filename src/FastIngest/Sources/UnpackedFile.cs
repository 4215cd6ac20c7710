using Microsoft.Win32.SafeHandles;

namespace FastIngest.Sources;

/// <summary>
/// A compressed file as if it were not, for a reader that goes back a little now and then. It is unpacked as far as someone
/// reads, into a temporary file, of which what lies behind the reader is given back.
/// <code>
/// unpacked    given back ┆ kept for going back ┆ window ┆ not unpacked yet
/// </code>
/// Its length is known when its end is reached; until then it is longer than any offset. For one thread.
/// </summary>
public sealed class UnpackedFile : SourceFile
{
    private const int PieceBytes = 256 * 1024;
    private const long KeptBytes = 1 << 20, ForgottenBytes = 16 << 20;

    private readonly ByteSource _packed;
    private readonly SafeFileHandle _room;
    private readonly string _directory;
    private readonly byte[] _piece = new byte[PieceBytes];
    private long _written, _forgotten;
    private bool _isEnded;

    private UnpackedFile(SourceFile packed, SafeFileHandle room, string directory)
        : base(packed.Path, room, 0, IoMode.Pread)
    {
        _packed = ByteSource.Open(packed);
        _room = room;
        _directory = directory;
    }

    public override long Length => _isEnded ? _written : long.MaxValue;

    /// <param name="packed">The compressed file, which must stay open.</param>
    /// <param name="directory">Where the temporary file takes its room.</param>
    /// <exception cref="IngestException">The temporary file cannot be made.</exception>
    public static UnpackedFile Open(SourceFile packed, string directory)
    {
        try
        {
            return new UnpackedFile(packed, UnnamedFile.Create(directory, "unpacked"), directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(directory, e);
        }
    }

    public override long FileBytesTo(long offset) => _packed.FileBytesRead;

    public override void Dispose()
    {
        _packed.Dispose();
        base.Dispose();
    }

    /// <exception cref="IngestException">The file is damaged, or there is no room.</exception>
    internal override void Reach(long end)
    {
        while (!_isEnded && _written < end)
        {
            int read = _packed.Read(_piece);
            try
            {
                RandomAccess.Write(_room, _piece.AsSpan(0, read), _written);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                throw NoRoom(_directory, e);
            }

            _written += read;
            _isEnded = read < _piece.Length;
        }
    }

    internal override void ReadToEnd()
    {
        while (!_isEnded)
        {
            Reach(_written + 1);
            Forget(_written);
        }
    }

    internal override void Forget(long before)
    {
        before -= KeptBytes;
        if (before - _forgotten >= ForgottenBytes && OperatingSystem.IsLinux())
        {
            // Where the file system cannot, the room is taken to the end.
            _ = Native.Allocate((int)_room.DangerousGetHandle(), Native.PunchHole | Native.KeepSize, 0, (nint)before);
            _forgotten = before;
        }
    }

    private static IngestException NoRoom(string directory, Exception e) => new(
        $"What is unpacked can not be written to {directory}: {(e is ArgumentOutOfRangeException ? "the file may not grow further (ulimit -f)" : e.Message)}",
        "Free space there, or name another folder with --temp-dir.",
        e);
}
