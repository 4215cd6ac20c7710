namespace FastIngest.Pipeline;

/// <summary>Removes the rejects file of an earlier run after a run that rejects nothing, so that nobody takes it for that run's.</summary>
internal static class StaleRejects
{
    /// <summary>The bytes that every line of a rejects file begins with.</summary>
    public static ReadOnlySpan<byte> FirstBytes => "{\"file\": "u8;

    /// <summary>Removes a file that is a rejects file; any other file remains.</summary>
    /// <returns>A warning for the user if the file is no rejects file or cannot be removed; null otherwise.</returns>
    public static string? Remove(string path)
    {
        if (SpecialFile.Is(path) || !File.Exists(path))
        {
            return null;
        }

        try
        {
            byte[] head = new byte[FirstBytes.Length];
            int bytes;
            using (FileStream file = File.OpenRead(path))
            {
                bytes = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            }

            if (head.AsSpan(0, bytes).SequenceEqual(FirstBytes))
            {
                File.Delete(path);
                return null;
            }

            return bytes == 0 ? null : $"{path} is not a rejects file and stays as it is; nothing was rejected, so this run writes none";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{path} may be of an earlier run and cannot be removed: {FaultText.OneLine(error.Message)}";
        }
    }
}
