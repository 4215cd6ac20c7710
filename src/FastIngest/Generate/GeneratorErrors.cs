namespace FastIngest.Generate;

/// <summary>Translates file errors into messages for the user.</summary>
internal static class GeneratorErrors
{
    private const int LinuxNoSpaceLeft = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static IngestException CannotWrite(string path, Exception error) => error switch
    {
        UnauthorizedAccessException =>
            new($"Cannot write {path}: no permission.", "Choose a directory that you may write to.", error),
        { HResult: LinuxNoSpaceLeft or WindowsDiskFull } =>
            new($"Cannot write {path}: the disk is full.", "Free some space, choose another directory, or ask for a smaller size.", error),
        _ => new($"Cannot write {path}: {FaultText.OneLine(error.Message)}", "Choose another directory, or remove the file or folder that has this name.", error),
    };

    /// <summary>Deletes a file that is not complete. Ignores errors, since the first error is the one to report.</summary>
    public static void DeleteIncomplete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
