namespace FastIngest.Generate.Entries;

/// <summary>
/// Writes a dictionary dump like those of kaikki.org, one entry a line: in its sizes, its scripts and its nesting. One
/// line in a hundred repeats an earlier one, and one has the headword and definition of an earlier one.
/// </summary>
public static class EntryGenerator
{
    public const string FileName = "entries.jsonl";

    /// <summary>Makes the directory if need be and writes the file; one that cannot be finished is deleted.</summary>
    /// <param name="options">What to generate.</param>
    /// <param name="bytesWritten">Hears how many bytes are written so far; called by one thread at a time.</param>
    /// <param name="cancellationToken">Stops the work within a few milliseconds.</param>
    /// <exception cref="IngestException">An option makes no sense, or the file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static GeneratorResult Generate(EntryOptions options, IProgress<long>? bytesWritten, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Entries < 0)
        {
            throw new IngestException("The number of entries must be at least 0.", "Give a number of entries such as 200000.");
        }

        if (options.MeanBytes < EntryMaker.LeastMeanBytes || options.MeanBytes > EntryMaker.MostMeanBytes)
        {
            throw new IngestException(
                $"The size of an entry must be {EntryMaker.LeastMeanBytes} to {EntryMaker.MostMeanBytes} bytes.", "Give a size such as 3KB.");
        }

        if (!(options.QuirkRate is >= 0 and <= 1))
        {
            throw new IngestException("The rate of odd entries must be 0 to 1.", "Give a rate such as 0.01.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        DataSetGenerator.MakeDirectory(options.Directory);
        Lock reporting = new();
        long total = 0;
        void BlockWritten(long bytes)
        {
            lock (reporting)
            {
                total += bytes;
                bytesWritten?.Report(total);
            }
        }

        long blocks = (options.Entries + EntryBlockMaker.EntriesPerBlock - 1) / EntryBlockMaker.EntriesPerBlock;
        string path = Path.Combine(options.Directory, FileName);
        OrderedFileWriter writer = new(path, blocks, options.Workers, () => new EntryBlockMaker(options), BlockWritten, cancellationToken);
        return new GeneratorResult([writer.Write()]);
    }
}
