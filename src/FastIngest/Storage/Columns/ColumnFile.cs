using FastIngest.Storage.Files;

namespace FastIngest.Storage.Columns;

/// <summary>
/// A file with the rows of one table. It becomes visible when it is complete, with the mode 0600; a folder that is missing is created with
/// the mode 0700.
/// </summary>
internal sealed class ColumnFile : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileOutput _output;
    private readonly ColumnWriter _writer;
    private readonly string? _folder;

    /// <param name="format">The format.</param>
    /// <param name="table">The table.</param>
    /// <param name="place">A file whose name has the ending of the format, <c>-</c> for standard output, or a folder.</param>
    /// <param name="openStandardOutput">Opens the stream for <c>-</c>, which is flushed but not closed.</param>
    public ColumnFile(ColumnFormat format, OutputTable table, string place, Func<Stream> openStandardOutput)
    {
        _folder = IsFile(format, place) ? null : place;
        Path = PathOf(format, table, place);
        Group = new ColumnGroup(table);
        _output = new FileOutput(Path, openStandardOutput);
        _writer = format.CreateWriter(table, _output);
    }

    /// <summary>The file, or <c>-</c>.</summary>
    public string Path { get; }

    /// <summary>The rows that are not written yet. After each row call <see cref="WriteIfFullAsync"/>.</summary>
    public ColumnGroup Group { get; private set; }

    /// <summary>The number of rows written.</summary>
    public long Rows { get; private set; }

    /// <summary>The number of bytes written.</summary>
    public long Bytes => _writer.Position;

    /// <summary>Whether a place is a file, and not a folder.</summary>
    public static bool IsFile(ColumnFormat format, string place) =>
        place == "-" || place.EndsWith(format.Ending, StringComparison.OrdinalIgnoreCase) || SpecialFile.Is(place);

    /// <summary>Returns the file of a table in a place.</summary>
    public static string PathOf(ColumnFormat format, OutputTable table, string place) =>
        IsFile(format, place) ? place : System.IO.Path.Combine(place, table.Name + format.Ending);

    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_folder is { } folder)
        {
            CreateFolder(folder);
        }

        await _output.OpenAsync(cancellationToken).ConfigureAwait(false);
        await _writer.BeginAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask WriteIfFullAsync(CancellationToken cancellationToken) => Group.IsFull ? WriteAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Writes the rest of the rows and makes the file visible.</summary>
    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await FinishAsync(cancellationToken).ConfigureAwait(false);
        await PublishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the rest of the rows. The file is whole on the disk but not visible until <see cref="PublishAsync"/>, and its memory is free.</summary>
    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (Group.RowCount > 0)
        {
            await WriteAsync(cancellationToken).ConfigureAwait(false);
        }

        await _writer.EndAsync(cancellationToken).ConfigureAwait(false);
        await _output.SyncAsync(cancellationToken).ConfigureAwait(false);
        Group = new ColumnGroup(Group.Table);
    }

    /// <summary>Makes the file visible.</summary>
    /// <exception cref="IngestException">The file cannot get its name.</exception>
    public ValueTask PublishAsync(CancellationToken cancellationToken) => _output.CompleteAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        await _output.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        await _writer.WriteAsync(Group, cancellationToken).ConfigureAwait(false);
        Rows += Group.RowCount;
        Group.Clear();
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, OwnerOnly);
            }
        }
        catch (IOException e) when (File.Exists(folder))
        {
            throw new IngestException($"{folder} is a file, not a folder.", "Name a folder, or a file with the ending of the format.", e);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, folder);
        }
    }
}
