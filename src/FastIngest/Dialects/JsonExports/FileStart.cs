namespace FastIngest.Dialects.JsonExports;

/// <summary>The place of the first value in a file.</summary>
internal static class FileStart
{
    /// <summary>Returns the offset after a byte order mark and blanks; the length of the bytes when nothing else is there.</summary>
    public static int Of(ReadOnlySpan<byte> head)
    {
        int start = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        int blanks = head[start..].IndexOfAnyExcept(" \t\r\n"u8);
        return blanks < 0 ? head.Length : start + blanks;
    }
}
