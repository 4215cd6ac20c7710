namespace FastIngest.Generate.Entries;

/// <summary>
/// Writes a dictionary dump similar to those of kaikki.org in line sizes, scripts and nesting, with one entry per line. One
/// line in a hundred repeats an earlier line; another one in a hundred has the headword and definition of an earlier line.
/// </summary>
public static class EntryGenerator
{
    public const string FileName = "entries.jsonl";

    /// <summary>Creates the directory if it does not exist and writes the file. A file that cannot be completed is deleted.</summary>
    /// <param name="options">What to generate.</param>
    /// <param name="bytesWritten">Receives the number of bytes written so far; called by one thread at a time.</param>
    /// <param name="cancellationToken">Stops the work within a few milliseconds.</param>
    /// <exception cref="IngestException">An option is out of range, the file cannot be written, or a file of the user has its name.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static GeneratorResult Generate(EntryOptions options, IProgress<long>? bytesWritten, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Entries < 0)
        {
            throw new IngestException("The number of entries must be at least 0.", "Set a number of entries such as 200000.");
        }

        if (options.MeanBytes < EntryMaker.MinMeanBytes || options.MeanBytes > EntryMaker.MaxMeanBytes)
        {
            throw new IngestException(
                $"The mean size of an entry must be {EntryMaker.MinMeanBytes} to {EntryMaker.MaxMeanBytes} bytes.", "Set a size such as 3KB.");
        }

        if (!(options.QuirkRate is >= 0 and <= 1))
        {
            throw new IngestException("The rate of entries with quirks must be 0 to 1.", "Set a rate such as 0.01.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        DataSetGenerator.CreateDirectory(options.Directory);
        GeneratedFileList list = new(options.Directory);
        if (!options.Force)
        {
            list.RejectForeign([FileName]);
        }

        WrittenBytes written = new(bytesWritten);
        long blocks = (options.Entries + EntryBlockMaker.EntriesPerBlock - 1) / EntryBlockMaker.EntriesPerBlock;
        string path = Path.Combine(options.Directory, FileName);
        OrderedFileWriter writer = new(path, blocks, options.Workers, () => new EntryBlockMaker(options), written.Add, cancellationToken);
        return new GeneratorResult([list.Write(FileName, writer.Write)]);
    }
}
