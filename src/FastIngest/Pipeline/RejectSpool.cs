using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Pipeline.Map;
using FastIngest.Sources;

namespace FastIngest.Pipeline;

/// <summary>The rejects of one input file, one JSON object a line (docs/reading.md), with line number and raw text.</summary>
/// <param name="source">The input file.</param>
/// <param name="category">Its category.</param>
/// <param name="path">Where the rejects are kept for now.</param>
/// <param name="rejectsPath">The rejects file as the user named it, for messages.</param>
/// <param name="maxRecordBytes">No more than this is kept of a record.</param>
internal sealed class RejectSpool(SourceFile source, Category category, string path, string rejectsPath, int maxRecordBytes) : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly FileStream _stream = Create(path, rejectsPath);
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly byte[] _piece = new byte[PieceBytes];
    private byte[] _raw = [];
    private long _countedTo;
    private long _lineNumber = 1;

    public string Path => path;

    /// <summary>Adds a reject; offsets must not fall.</summary>
    public void Write(Reject reject)
    {
        CountLines(reject.Offset);
        int kept = (int)Math.Min(reject.Length, maxRecordBytes);
        if (_raw.Length < kept)
        {
            _raw = new byte[Math.Max(kept, 1024)];
        }

        Span<byte> raw = _raw.AsSpan(0, kept);
        source.Read(raw, reject.Offset);

        _line.ResetWrittenCount();
        _line.Write("{\"file\": "u8);
        JsonText.Write(_line, Encoding.UTF8.GetBytes(source.Path));
        Text($", \"category\": \"{category.Name()}\", \"reason\": \"{reject.Reason.Name()}\", \"offset\": {reject.Offset}, \"length\": {reject.Length}, \"line\": {_lineNumber}");
        if (kept < reject.Length)
        {
            _line.Write(", \"truncated\": true"u8);
        }

        if (Utf8.IsValid(raw))
        {
            _line.Write(", \"raw\": "u8);
            JsonText.Write(_line, raw);
        }
        else
        {
            _line.Write(", \"raw_base64\": \""u8);
            Base64.EncodeToUtf8(raw, _line.GetSpan(Base64.GetMaxEncodedToUtf8Length(kept)), out _, out int written);
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

    public void Close() => _stream.Dispose();

    public void Dispose()
    {
        try
        {
            Close();
        }
        catch (IOException)
        {
            // What is left in the buffer does not matter: the spool is deleted.
        }

        File.Delete(path);
    }

    internal static IngestException CanNotWrite(string path, Exception e) => new(
        $"The rejects file {path} can not be written: {e.Message}", "Free space, or name another place with --rejects.", e);

    private static FileStream Create(string path, string rejectsPath)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, PieceBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(rejectsPath, e);
        }
    }

    private void Text(FormattableString text) => _line.Write(Encoding.UTF8.GetBytes(FormattableString.Invariant(text)));

    /// <summary>Counts the line feeds before an offset.</summary>
    private void CountLines(long offset)
    {
        while (_countedTo < offset)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(PieceBytes, offset - _countedTo));
            source.Read(piece, _countedTo);
            _lineNumber += piece.Count((byte)'\n');
            _countedTo += piece.Length;
        }
    }
}
