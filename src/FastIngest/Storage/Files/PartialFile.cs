namespace FastIngest.Storage.Files;

/// <summary>
/// A file that becomes visible whole or not at all. It is written as <c>FILE.partial</c> beside its target, which is
/// locked so that two runs cannot write the same one, synced, and renamed. Disposing it without that removes it; what
/// a killed run left behind is overwritten by the next.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const long WritebackBytes = 16 << 20;

    private FileStream? _stream;
    private long _unsyncedBytes;

    private PartialFile(string displayPath, string target, FileStream stream)
    {
        DisplayPath = displayPath;
        Target = target;
        _stream = stream;
    }

    /// <summary>The file as the user named it.</summary>
    public string DisplayPath { get; }

    /// <summary>The full path of the file to be, links followed.</summary>
    public string Target { get; }

    /// <summary>The full path it has until then.</summary>
    public string PartialPath => PathFor(Target);

    /// <summary>The empty file, open for writing, without a buffer of its own.</summary>
    public FileStream Stream => _stream ?? throw new InvalidOperationException("The file is closed.");

    /// <summary>The path under which a target is written.</summary>
    public static string PathFor(string target) => target + ".partial";

    /// <summary>The full path of a file, the links at its end followed, so that a link to a file stays one.</summary>
    public static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            return full;
        }
    }

    /// <summary>Creates and locks the partial file; nothing of an older one remains.</summary>
    /// <param name="displayPath">The file as the user named it, for messages.</param>
    /// <param name="target">Its path from <see cref="Resolve"/>.</param>
    /// <exception cref="IngestException">The folder is missing or not writable, or another run writes this file.</exception>
    public static PartialFile Create(string displayPath, string target)
    {
        string partial = PathFor(target);
        if (Directory.Exists(target) || Path.EndsInDirectorySeparator(target))
        {
            throw FileFault.IsFolder(displayPath);
        }

        try
        {
            while (true)
            {
                FileStream stream = new(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

                // Between our opening and our lock another run may have given this very file its final name.
                if (Posix.IsAt(stream.SafeFileHandle, partial))
                {
                    stream.SetLength(0);
                    return new PartialFile(displayPath, target, stream);
                }

                stream.Dispose();
            }
        }
        catch (IOException e) when (e.HResult == Posix.TryAgain)
        {
            throw new IngestException(
                $"{displayPath} is being written by another run.", "Wait for that run to end, or name another file.", e);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, displayPath);
        }
    }

    /// <summary>
    /// Tells of bytes that were written. Every few MiB the disk is set to work on them, so that there is little left to
    /// wait for at the end.
    /// </summary>
    public void CountWritten(long bytes)
    {
        _unsyncedBytes += bytes;
        if (_unsyncedBytes >= WritebackBytes)
        {
            _unsyncedBytes = 0;
            Posix.StartWriteback(Stream.SafeFileHandle);
        }
    }

    /// <summary>Syncs the file, gives it its final name and syncs the folder.</summary>
    /// <param name="replace">Whether a target that exists by now is replaced; otherwise it is left and the call fails.</param>
    /// <param name="cancellationToken">Ends the wait for the disk; the target is then untouched.</param>
    /// <exception cref="IngestException">The disk is full or broken, or the target appeared meanwhile.</exception>
    public async ValueTask PublishAsync(bool replace, CancellationToken cancellationToken)
    {
        FileStream stream = Stream;
        try
        {
            await Task.Run(() => stream.Flush(flushToDisk: true), CancellationToken.None)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            if (replace)
            {
                File.Move(PartialPath, Target, overwrite: true);
            }
            else
            {
                Posix.RenameWithoutReplacing(PartialPath, Target);
            }

            Posix.SyncFolder(Path.GetDirectoryName(Target)!);
        }
        catch (IOException e) when (!replace && File.Exists(Target) && File.Exists(PartialPath))
        {
            throw new IngestException(
                $"{DisplayPath} appeared while it was being built; it was left as it is.", "Run again to merge into it, or name another file.", e);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, DisplayPath);
        }

        _stream = null;
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (_stream is { } stream)
        {
            _stream = null;
            try
            {
                File.Delete(PartialPath);
            }
            catch (Exception e) when (FileFault.IsFault(e))
            {
                // The next run overwrites it.
            }

            stream.Dispose();
        }
    }
}
