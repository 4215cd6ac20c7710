using FastIngest.Net;
using FastIngest.Sources;

namespace FastIngest.Pipeline.HealthData;

/// <summary>Recognises health records in a file whose name has no category.</summary>
internal static class ForeignName
{
    private const int HeadBytes = 4096;

    /// <summary>
    /// Returns the beginning of a file that probably holds health records, and null for any other file: the beginning has a dialect and
    /// names user_id, and the file is neither one of rejects nor one of daily summaries, which this program writes. A compressed file
    /// is not examined.
    /// </summary>
    /// <param name="path">The path of the file; there is no such file for a member of an archive.</param>
    /// <param name="file">The file, if it is open; one on a server is examined only then.</param>
    /// <param name="isRecognised">Whether content with these first bytes has a dialect.</param>
    public static byte[]? HeadOfRecords(string path, SourceFile? file, Func<ReadOnlySpan<byte>, bool> isRecognised)
    {
        byte[] bytes = new byte[HeadBytes];
        ReadOnlySpan<byte> head;
        try
        {
            if (file is { IsPacked: false } && RemotePath.Is(path))
            {
                Span<byte> first = bytes.AsSpan(0, (int)Math.Min(HeadBytes, file.Length));
                file.Read(first, 0);
                head = first;
            }
            else if (File.Exists(path))
            {
                using FileStream local = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                head = bytes.AsSpan(0, local.ReadAtLeast(bytes, HeadBytes, throwOnEndOfStream: false));
            }
            else
            {
                return null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        bool holdsRecords = head.IndexOf("user_id"u8) >= 0 && isRecognised(head) && !head.StartsWith("{\"file\": "u8) && head.IndexOf("\"summary\""u8) < 0;
        return holdsRecords ? head.ToArray() : null;
    }
}
