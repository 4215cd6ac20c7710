namespace FastIngest.Generate.Exports;

/// <summary>
/// Writes exports as the programs of vendors make them, with their quirks, and beside them <c>expected-days.ndjson</c>, the totals of each
/// day that a correct reader finds. One seed has the same days in the exports of all programs. Several users have a folder each, unless
/// the records name their user. Data is streamed: the memory in use does not depend on the size of a file.
/// </summary>
public static class ExportGenerator
{
    /// <summary>The IANA name of the time zone of all people.</summary>
    public const string ZoneName = BerlinClock.ZoneName;

    /// <summary>Creates the directory if it does not exist and writes the files. A file that cannot be completed is deleted.</summary>
    /// <param name="options">What to generate.</param>
    /// <param name="bytesWritten">Receives the total number of bytes written so far; called by one thread at a time.</param>
    /// <param name="cancellationToken">Stops the work within a few milliseconds.</param>
    /// <exception cref="IngestException">An option is out of range, a file cannot be written, or a file of the user has its name.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static GeneratorResult Generate(ExportOptions options, IProgress<long>? bytesWritten, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataSetGenerator.CheckSize(options.TotalBytes, options.Users, options.Days);
        cancellationToken.ThrowIfCancellationRequested();
        DataSetGenerator.CreateDirectory(options.Directory);
        ExportKind kind = ExportCatalog.Find(options.Program);
        (int users, int days) = ExportSize.Of(kind, options);
        ExportFile[] files = [.. kind.FilesOf(options.Seed, users, days), new ExpectedDays(kind, users == 1).File(users, days)];
        string[] names = [.. files.Select(f => f.Name)];
        GeneratedFileList list = new(options.Directory);
        if (!options.Force)
        {
            list.RejectForeign(names);
        }

        foreach (string folder in names.Select(n => Path.GetDirectoryName(Path.Combine(options.Directory, n))!).Distinct(StringComparer.Ordinal))
        {
            DataSetGenerator.CreateDirectory(folder);
        }

        GeneratedFile?[] written = new GeneratedFile?[files.Length];
        WrittenBytes bytes = new(bytesWritten);
        list.WriteAll(names, written, () => WriteAll(files, written, options, bytes, cancellationToken));
        bytesWritten?.Report(written.Sum(f => f!.Bytes));
        return new GeneratorResult(written!) { HasUserFolders = users > 1 && !kind.NamesUsers };
    }

    /// <summary>Writes files of one block beside each other, and the blocks of larger files.</summary>
    private static void WriteAll(ExportFile[] files, GeneratedFile?[] written, ExportOptions options, WrittenBytes bytes, CancellationToken cancellationToken)
    {
        int workers = Math.Max(1, options.Workers);
        for (int start = 0; start < files.Length;)
        {
            int end = start;
            while (end < files.Length && files[end].Blocks == 1)
            {
                end++;
            }

            if (end == start)
            {
                written[start] = files[start].Write(options.Directory, options.Seed, workers, bytes.Add, cancellationToken);
                start++;
                continue;
            }

            try
            {
                Parallel.For(
                    start,
                    end,
                    new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellationToken },
                    i => written[i] = files[i].Write(options.Directory, options.Seed, 1, bytes.Add, cancellationToken));
            }
            catch (AggregateException errors)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
            }

            start = end;
        }
    }
}
