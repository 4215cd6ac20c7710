namespace FastIngest.Generate;

/// <summary>
/// Writes a realistic data set of the seven categories, in realistic proportions: 5,000 users × 365 days in the pretty
/// style give 3.0 GB of heart rates, 2.4 GB of meals and 0.87 GB of workouts. Records are ordered by user, then day, then
/// time. Data is streamed: the memory in use does not depend on the size.
/// </summary>
public static class DataSetGenerator
{
    /// <summary>
    /// Creates the directory if it does not exist and writes the seven files one after another. Files of an earlier run with the
    /// same names are overwritten; other files remain, including those of another style. A file that cannot be completed is deleted.
    /// </summary>
    /// <param name="options">What to generate.</param>
    /// <param name="bytesWritten">Receives the total number of bytes written so far; called by one thread at a time.</param>
    /// <param name="cancellationToken">Stops the work within a few milliseconds.</param>
    /// <exception cref="IngestException">An option is out of range, a file cannot be written, or a file of the user has its name.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static GeneratorResult Generate(GeneratorOptions options, IProgress<long>? bytesWritten, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        cancellationToken.ThrowIfCancellationRequested();
        CreateDirectory(options.Directory);
        DataSetSize size = DataSetSize.Of(options, cancellationToken);

        GeneratedFileList list = new(options.Directory);
        if (!options.Force)
        {
            list.RejectForeign(RecordKind.All.Select(kind => GeneratedFileWriter.NameOf(kind, options)));
        }

        WrittenBytes written = new(bytesWritten);
        List<GeneratedFile> files = [];
        foreach (RecordKind kind in RecordKind.All)
        {
            GeneratedFileWriter writer = new(kind, options, size, written.Add, cancellationToken);
            files.Add(list.Write(GeneratedFileWriter.NameOf(kind, options), writer.Write));
        }

        bytesWritten?.Report(files.Sum(file => file.Bytes));
        return new GeneratorResult(files);
    }

    private static void Check(GeneratorOptions options)
    {
        CheckSize(options.TotalBytes, options.Users, options.Days);
        if (!(options.QuirkRate is >= 0 and <= 1))
        {
            throw new IngestException("The rate of records with quirks must be 0 to 1.", "Set a rate such as 0.01.");
        }

        if (!Enum.IsDefined(options.Style))
        {
            throw new IngestException($"The JSON style {options.Style} does not exist.", "Use pretty, spaced, compact or ndjson.");
        }
    }

    /// <summary>Checks the options that all data sets of users and days have.</summary>
    /// <exception cref="IngestException">An option is out of range.</exception>
    internal static void CheckSize(long? totalBytes, int? users, int? days)
    {
        if (totalBytes < 1)
        {
            throw new IngestException("The size of the data set must be at least one byte.", "Set a size such as 100MB.");
        }

        if (users < 1)
        {
            throw new IngestException("The number of users must be at least 1.", "Set a number of users of at least 1.");
        }

        if (days < 1 || days > DayCell.MaxDays)
        {
            throw new IngestException($"The number of days must be 1 to {DayCell.MaxDays}.", "Set fewer days and more users.");
        }
    }

    internal static void CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IngestException($"Cannot create the directory {path}: no permission.", "Choose a directory that you may write to.", error);
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new IngestException($"Cannot create the directory {path}.", "Choose another name, or remove the file that has this name.", error);
        }
    }
}
