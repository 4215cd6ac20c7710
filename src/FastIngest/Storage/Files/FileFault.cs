namespace FastIngest.Storage.Files;

/// <summary>Turns file errors of the system into one-line messages that name the file and a remedy.</summary>
internal static class FileFault
{
    private const int NoSpace = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;

    /// <summary>Whether <see cref="Explain"/> can explain the exception.</summary>
    public static bool IsFault(Exception exception) => exception is IOException or UnauthorizedAccessException || IsTooLarge(exception);

    /// <summary>Whether the exception is .NET's form of EFBIG: the file exceeds a size limit.</summary>
    public static bool IsTooLarge(Exception exception) => exception is ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>Creates the message for an exception.</summary>
    /// <param name="exception">The exception that .NET threw.</param>
    /// <param name="path">The file as the user named it.</param>
    public static IngestException Explain(Exception exception, string path) => exception switch
    {
        _ when IsTooLarge(exception) => new(
            $"{path} cannot be written: it may not grow further.", "Raise the limit on the size of files (ulimit -f).", exception),
        DirectoryNotFoundException or FileNotFoundException => MissingFolder(path, exception),
        UnauthorizedAccessException => NotWritable(path, exception),
        IOException { HResult: ReadOnlyFileSystem } => NotWritable(path, exception),
        IOException { HResult: NoSpace or QuotaExceeded } => Full(path, exception),
        IOException { HResult: Posix.BrokenPipe } => new(
            $"Writing {path} stopped: the reader closed it.", "Keep the program that reads the rows running to the end.", exception),
        _ => new($"{path} cannot be written: {FaultText.OneLine(exception.Message)}", "Check the disk and the path, then run again.", exception),
    };

    public static IngestException MissingFolder(string path, Exception? cause = null) => new(
        $"{path} cannot be written: its folder does not exist.", "Create the folder, or name another file.", cause);

    public static IngestException NotWritable(string path, Exception? cause = null) => new(
        $"{path} cannot be written: no permission, or a read-only file system.",
        "Choose a file in a folder you can write to, or change the permissions.",
        cause);

    public static IngestException NotReadable(string path) => new(
        $"{path} cannot be read: no permission.", "Change the permissions of the file and its folder, or name another file.");

    public static IngestException Full(string path, Exception? cause = null) => new(
        $"{path} cannot be written: the disk is full.", "Free some space, or name a file on another disk; then run again.", cause);

    public static IngestException IsFolder(string path) => new($"{path} is a folder.", "Name a file in it.");
}
