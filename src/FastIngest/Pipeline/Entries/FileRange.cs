using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>A file of a dictionary, or some of its lines.</summary>
/// <param name="File">The file.</param>
/// <param name="FileIndex">The 0-based index of the file in the run.</param>
/// <param name="From">The offset of the first line in bytes.</param>
/// <param name="To">The offset after the last line in bytes.</param>
internal sealed record FileRange(SourceFile File, int FileIndex, long From = 0, long To = long.MaxValue)
{
    private const int ScannedBytes = 64 * 1024;

    public bool IsWhole => From == 0 && To == long.MaxValue;

    /// <summary>Returns the lines that begin in a range of bytes. Ranges that follow one another have all lines, each once.</summary>
    /// <param name="file">A file that is not compressed.</param>
    /// <param name="fileIndex">Its index.</param>
    /// <param name="from">The offset of the first byte.</param>
    /// <param name="to">The offset after the last byte; null for the end of the file.</param>
    public static FileRange LinesIn(SourceFile file, int fileIndex, long from, long? to) =>
        new(file, fileIndex, LineFrom(file, from), to is { } end ? LineFrom(file, end) : long.MaxValue);

    /// <summary>Returns the offset of the first line that begins at an offset or later; the length of the file if there is none.</summary>
    private static long LineFrom(SourceFile file, long offset)
    {
        if (offset == 0)
        {
            return 0;
        }

        byte[] buffer = new byte[ScannedBytes];
        for (long at = offset - 1; at < file.Length; at += buffer.Length)
        {
            Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, file.Length - at));
            file.Read(bytes, at);
            int feed = bytes.IndexOf((byte)'\n');
            if (feed >= 0)
            {
                return at + feed + 1;
            }
        }

        return file.Length;
    }
}
