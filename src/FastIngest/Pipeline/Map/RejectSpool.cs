using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>Writes the rejects of one input file. It rereads their line numbers and raw text from the input file.</summary>
/// <param name="source">The input file.</param>
/// <param name="category">Its category.</param>
/// <param name="stream">Receives the rejects.</param>
/// <param name="maxRecordBytes">The maximum number of bytes kept of a record.</param>
/// <param name="hasRaw">Whether the text of the record is written.</param>
internal sealed class RejectSpool(SourceFile source, Category category, RejectStream stream, int maxRecordBytes, bool hasRaw)
{
    private readonly LineCounter _lines = new(source);
    private byte[] _raw = [];

    public RejectStream Stream => stream;

    /// <summary>The offset after the last reject, in bytes.</summary>
    public long End { get; private set; }

    /// <summary>Whether the last reject begins like a record and ends in the middle of one.</summary>
    public bool EndsInRecord { get; private set; }

    /// <summary>Closes the file and releases the memory; no further reject may be added.</summary>
    public void Close()
    {
        _raw = [];
        stream.Close();
    }

    /// <summary>Adds a reject. Offsets must not decrease.</summary>
    public void Write(Reject reject)
    {
        End = reject.Offset + reject.Length;
        int kept = (int)Math.Min(reject.Length, maxRecordBytes);
        if (_raw.Length < kept)
        {
            _raw = new byte[Math.Max(kept, 1024)];
        }

        Span<byte> raw = _raw.AsSpan(0, kept);
        source.Read(raw, reject.Offset);
        EndsInRecord = reject.Reason == RejectReason.InvalidJson && raw is [(byte)'{', .., not ((byte)'}' or (byte)']' or (byte)'\n' or (byte)'\r' or (byte)' ' or (byte)'\t')];
        stream.Write(
            source.Path, "category", category.Name(), reject.Reason.Name(), reject.Offset, reject.Length, _lines.LineOf(reject.Offset), raw, hasRaw);
    }
}
