using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using FastIngest.Json;
using FastIngest.Pipeline.Runs;

namespace FastIngest.Pipeline;

/// <summary>A temporary file of rejects, one JSON object per line (docs/reading.md), until the rejects file is published.</summary>
/// <param name="path">The path of the temporary file.</param>
/// <param name="rejectsPath">The rejects file as the user named it, for messages.</param>
internal sealed class RejectStream(string path, string rejectsPath) : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly FileStream _stream = Create(path, rejectsPath);
    private readonly FileStatus? _status = FileStatus.OfEntry(path);
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>Adds a line.</summary>
    /// <param name="file">The input file.</param>
    /// <param name="label">The name of the property that holds <paramref name="kind"/>: a category or a source.</param>
    /// <param name="kind">The category or source of the record.</param>
    /// <param name="reason">The reject reason.</param>
    /// <param name="offset">The offset of the record in the file, in bytes.</param>
    /// <param name="length">The length of the record in bytes.</param>
    /// <param name="lineNumber">The number of the line in which the record starts, from 1.</param>
    /// <param name="raw">The bytes of the record, or the first of them.</param>
    /// <param name="hasRaw">Whether these bytes are written.</param>
    public void Write(string file, string label, string kind, string reason, long offset, long length, long lineNumber, ReadOnlySpan<byte> raw, bool hasRaw = true)
    {
        _line.ResetWrittenCount();
        _line.Write(StaleRejects.FirstBytes);
        JsonText.Write(_line, Encoding.UTF8.GetBytes(file));
        Text($", \"{label}\": ");
        JsonText.Write(_line, Encoding.UTF8.GetBytes(kind));
        Text($", \"reason\": \"{reason}\", \"offset\": {offset}, \"length\": {length}, \"line\": {lineNumber}");
        if (hasRaw && raw.Length < length)
        {
            _line.Write(", \"truncated\": true"u8);
        }

        if (!hasRaw)
        {
            // The text may contain what a pseudonym replaces.
        }
        else if (Utf8.IsValid(raw))
        {
            _line.Write(", \"raw\": "u8);
            JsonText.Write(_line, raw);
        }
        else
        {
            _line.Write(", \"raw_base64\": \""u8);
            Base64.EncodeToUtf8(raw, _line.GetSpan(Base64.GetMaxEncodedToUtf8Length(raw.Length)), out _, out int written);
            _line.Advance(written);
            _line.Write("\""u8);
        }

        _line.Write("}\n"u8);
        try
        {
            _stream.Write(_line.WrittenSpan);
        }
        catch (IOException e)
        {
            throw CanNotWrite(rejectsPath, e);
        }
    }

    /// <summary>Writes what is buffered and closes the file; no further line may be added.</summary>
    public void Close()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException e)
        {
            throw CanNotWrite(rejectsPath, e);
        }
    }

    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // Buffered bytes are discarded on purpose, because the file is deleted.
        }

        File.Delete(path);
    }

    /// <summary>
    /// Returns the path prefix of the temporary files. They are stored beside the rejects file, so that publishing is a rename;
    /// if the rejects file is a device, they are stored in the temporary folder.
    /// </summary>
    public static string BasePath(string rejectsPath) => SpecialFile.Is(rejectsPath)
        ? Path.Combine(Path.GetTempPath(), $"fastingest-rejects-{Guid.NewGuid():N}")
        : rejectsPath;

    /// <summary>Creates or replaces the rejects file from all streams, in their order. Without a stream it removes that of an earlier run.</summary>
    /// <returns>A warning for the user; null for none.</returns>
    public static string? Publish(IReadOnlyList<RejectStream> streams, string rejectsPath)
    {
        if (streams.Count == 0)
        {
            return StaleRejects.Remove(rejectsPath);
        }

        try
        {
            foreach (RejectStream stream in streams)
            {
                stream._stream.Dispose();
            }

            if (SpecialFile.Is(rejectsPath))
            {
                using FileStream device = new(rejectsPath, FileMode.Open, FileAccess.Write);
                Append(streams, device);
                return null;
            }

            using (FileStream first = streams[0].OpenAgain(FileAccess.Write))
            {
                first.Seek(0, SeekOrigin.End);
                Append(streams.Skip(1), first);
                first.Flush(flushToDisk: true);
            }

            File.Move(streams[0]._stream.Name, rejectsPath, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(rejectsPath, e);
        }
    }

    private static void Append(IEnumerable<RejectStream> streams, FileStream target)
    {
        foreach (RejectStream stream in streams)
        {
            using FileStream source = stream.OpenAgain(FileAccess.Read);
            source.CopyTo(target);
        }
    }

    /// <summary>Opens the closed file once more, and nothing that another program put in its place.</summary>
    private FileStream OpenAgain(FileAccess access)
    {
        FileStream file = new(_stream.Name, FileMode.Open, access, FileShare.Read);
        if (_status is null || (FileStatus.OfEntry(_stream.Name) == _status && FileStatus.IsAt(file.SafeFileHandle, _stream.Name)))
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"another program replaced {_stream.Name}");
    }

    private static IngestException CanNotWrite(string path, Exception e) => new(
        $"The rejects file {path} cannot be written: {e.Message}", "Free some space, or choose another path with --rejects.", e);

    private static FileStream Create(string path, string rejectsPath)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new IngestException($"The rejects file {rejectsPath} cannot be written: the folder {folder} does not exist.", "Create the folder, or choose another path with --rejects.");
        }

        try
        {
            return PrivateFile.Open(path, rejectsPath, FileMode.Create, FileShare.Read, BufferBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(rejectsPath, e);
        }
    }

    private void Text(FormattableString text) => _line.Write(Encoding.UTF8.GetBytes(FormattableString.Invariant(text)));
}
