namespace FastIngest.Sources;

/// <summary>Finds the end of a value that is too large to be read, by brackets and quotes alone, in little memory.</summary>
internal static class BracketScan
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>The offset behind the value that starts at an offset, or the end of the file.</summary>
    internal static long EndOfValue(FileWindow window, long offset)
    {
        long depth = 0;
        bool inString = false;
        bool escaped = false;
        while (offset < window.FileLength)
        {
            window.MoveTo(offset, PieceBytes);
            ReadOnlySpan<byte> bytes = window.Bytes;
            for (int i = 0; i < bytes.Length; i++)
            {
                byte b = bytes[i];
                if (inString)
                {
                    if (escaped)
                    {
                        escaped = false;
                    }
                    else if (b == '\\')
                    {
                        escaped = true;
                    }
                    else if (b == '"')
                    {
                        inString = false;
                    }
                }
                else if (b == '"')
                {
                    inString = true;
                }
                else if (b is (byte)'{' or (byte)'[')
                {
                    depth++;
                }
                else if (b is (byte)'}' or (byte)']')
                {
                    depth--;
                }

                // A number of this length has no end of its own: it goes on to the next separator.
                if (!inString && depth <= 0 && b is (byte)'"' or (byte)'}' or (byte)']')
                {
                    return offset + i + 1;
                }
            }

            offset += bytes.Length;
        }

        return window.FileLength;
    }
}
