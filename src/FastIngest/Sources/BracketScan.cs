namespace FastIngest.Sources;

/// <summary>Finds the end of a value that is too large to be parsed. It matches brackets and quotes only, and needs little memory.</summary>
internal static class BracketScan
{
    private const int PieceBytes = 256 * 1024;
    private const int MaxDepth = 64;

    /// <summary>
    /// Returns the offset after the value that starts at <paramref name="offset"/>; -1 when the value does not end before
    /// <paramref name="limit"/>.
    /// </summary>
    internal static long EndOfValue(FileWindow window, long offset, long limit)
    {
        int depth = 0;
        bool inString = false;
        bool escaped = false;
        limit = Math.Min(limit, window.FileLength);
        for (long start = offset; start < limit; start += PieceBytes)
        {
            window.MoveTo(start, Math.Min(PieceBytes, limit - start));
            ReadOnlySpan<byte> bytes = window.Bytes;
            if (start == offset && bytes[0] is not ((byte)'{' or (byte)'[' or (byte)'"'))
            {
                return -1;
            }

            for (int i = 0; i < bytes.Length; i++)
            {
                byte b = bytes[i];
                if (escaped)
                {
                    escaped = false;
                }
                else if (inString && b == '\\')
                {
                    escaped = true;
                }
                else if (b == '"')
                {
                    inString = !inString;
                }
                else if (!inString && b is ((byte)'{' or (byte)'['))
                {
                    depth++;
                }
                else if (!inString && b is ((byte)'}' or (byte)']'))
                {
                    depth--;
                }
                else
                {
                    continue;
                }

                if (depth > MaxDepth)
                {
                    return -1;
                }

                if (depth == 0 && !inString && !escaped)
                {
                    return start + i + 1;
                }
            }
        }

        return -1;
    }
}
