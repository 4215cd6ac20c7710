using System.Buffers.Binary;

namespace FastIngest.Sources;

/// <summary>Finds the record at the end of a zip file, which says where the directory is. A file that is cut off has none.</summary>
internal static class ZipEnd
{
    private const int RecordBytes = 22, MaxCommentBytes = ushort.MaxValue, DirectoryAt = 16, CommentAt = 20;

    private static ReadOnlySpan<byte> Signature => "PK\u0005\u0006"u8;

    /// <summary>Checks that the archive ends with that record.</summary>
    /// <param name="path">The path shown to the user.</param>
    /// <param name="file">The archive.</param>
    /// <returns>The offset at which the directory begins, as the archive states it; null for a large archive, which states it elsewhere.</returns>
    /// <exception cref="IngestException">The file is cut off, something follows it, or it is no zip archive.</exception>
    public static long? Check(string path, SourceFile file)
    {
        byte[] tail = new byte[(int)Math.Min(file.Length, RecordBytes + MaxCommentBytes)];
        file.Read(tail, file.Length - tail.Length);
        long? end = null;
        for (int at = tail.AsSpan().LastIndexOf(Signature); at >= 0; at = tail.AsSpan(0, at).LastIndexOf(Signature))
        {
            ReadOnlySpan<byte> record = tail.AsSpan(at);
            if (record.Length < RecordBytes)
            {
                continue;
            }

            int length = RecordBytes + BinaryPrimitives.ReadUInt16LittleEndian(record[CommentAt..]);
            if (length == record.Length)
            {
                uint directory = BinaryPrimitives.ReadUInt32LittleEndian(record[DirectoryAt..]);
                return directory == uint.MaxValue ? null : directory;
            }

            end ??= file.Length - record.Length + length;
        }

        byte[] head = new byte[(int)Math.Min(file.Length, Signature.Length)];
        file.Read(head, 0);
        throw Fault(path, end is { } place && place < file.Length ? $"its end is at byte {place}, and {file.Length - place} bytes that do not belong to it follow"
            : end is not null || "PK"u8.StartsWith(head) || head.AsSpan().StartsWith("PK"u8) ? $"it is cut off at byte {file.Length}: the directory at its end is missing"
            : "it is not a zip archive");
    }

    /// <summary>The error of an archive that cannot be read.</summary>
    public static IngestException Fault(string path, string problem, Exception? cause = null) =>
        new($"{path} cannot be decompressed: {problem}.", "Download or copy the file once more, or test it with unzip -t.", cause);
}
