namespace FastIngest.Storage.Files;

/// <summary>
/// A file that becomes visible only when it is complete. It is written as <c>FILE.partial</c> next to its target, then synced
/// and renamed. A new file has the mode 0600; one that replaces an older file has its mode. The partial file is locked, so that two runs cannot write the same target. Disposing an unpublished file
/// deletes it. If a run is killed, the next run removes its partial file and makes a new one, as <see cref="NewFile"/> does.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const long WritebackBytes = 16 << 20;

    private FileStream? _stream, _replacement;
    private long _unsyncedBytes;

    private PartialFile(string displayPath, string target, FileStream stream)
    {
        DisplayPath = displayPath;
        Target = target;
        _stream = stream;
    }

    /// <summary>The file as the user named it.</summary>
    public string DisplayPath { get; }

    /// <summary>The full path of the final file, with links resolved.</summary>
    public string Target { get; }

    /// <summary>The full path of the file until it is published.</summary>
    public string PartialPath => PathFor(Target);

    /// <summary>The partial file, open for writing; the stream is unbuffered.</summary>
    public FileStream Stream => _stream ?? throw new InvalidOperationException("The file is closed.");

    /// <summary>Returns the path of the partial file of a target.</summary>
    public static string PathFor(string target) => target + ".partial";

    /// <summary>Returns the path of the file that takes the place of a partial file; see <see cref="OpenReplacement"/>.</summary>
    public static string ReplacementOf(string partial) => partial + "-2";

    /// <summary>Returns the full path of a file and follows a link to it, so that the link itself is not replaced.</summary>
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

    /// <summary>Creates and locks the partial file; an older partial file is removed.</summary>
    /// <param name="displayPath">The file as the user named it, for messages.</param>
    /// <param name="target">The path from <see cref="Resolve"/>.</param>
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
                FileStream stream = PrivateFile.Open(partial, target, FileMode.Create, FileShare.None, bufferBytes: 0);

                // Between our open and our lock, another run may have taken this file for a leftover and removed it.
                if (FileStatus.IsAt(stream.SafeFileHandle, partial))
                {
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
    /// Counts bytes that were written to the stream. Every 16 MiB it starts writeback, so that the final sync is short.
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

    /// <summary>Opens a second file next to the partial one, which will take its place.</summary>
    public FileStream OpenReplacement() => _replacement = PrivateFile.Open(ReplacementOf(PartialPath), Target, FileMode.Create, FileShare.None, bufferBytes: 0);

    /// <summary>Puts the second file in the place of the partial one.</summary>
    public void UseReplacement()
    {
        FileStream replacement = _replacement!;
        File.Move(replacement.Name, PartialPath, overwrite: true);
        _replacement = null;
        _stream!.Dispose();
        _stream = replacement;
    }

    /// <summary>Writes the file to the disk, so that afterwards only its name is missing.</summary>
    /// <exception cref="IngestException">The disk is full or broken.</exception>
    public async ValueTask SyncAsync(CancellationToken cancellationToken)
    {
        FileStream stream = Stream;
        try
        {
            await Task.Run(() => stream.Flush(flushToDisk: true), CancellationToken.None)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, DisplayPath);
        }
    }

    /// <summary>Syncs the file, gives it its final name and syncs the folder.</summary>
    /// <param name="replace">Whether to replace an existing target. If false and the target exists, the call fails.</param>
    /// <param name="cancellationToken">Ends the wait for the disk; the target then stays unchanged.</param>
    /// <exception cref="IngestException">The disk is full or broken, or the target appeared in the meantime.</exception>
    public async ValueTask PublishAsync(bool replace, CancellationToken cancellationToken)
    {
        FileStream stream = Stream;
        await SyncAsync(cancellationToken).ConfigureAwait(false);
        if (!FileStatus.IsAt(stream.SafeFileHandle, PartialPath))
        {
            throw new IngestException(
                $"{PartialPath} was removed or replaced by another program while it was written; {DisplayPath} was left as it is.", "Run again, and let no other program change that file.");
        }

        try
        {
            if (replace)
            {
                File.Move(PartialPath, Target, overwrite: true);
            }
            else
            {
                Posix.RenameWithoutReplacing(PartialPath, Target);
            }

            FolderSync.Do(Path.GetDirectoryName(Target)!);
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
        if (_replacement is { } replacement)
        {
            _replacement = null;
            try
            {
                DeleteOwn(replacement, replacement.Name);
            }
            catch (Exception e) when (FileFault.IsFault(e))
            {
                // The next run removes it.
            }

            replacement.Dispose();
        }

        if (_stream is { } stream)
        {
            _stream = null;
            try
            {
                DeleteOwn(stream, PartialPath);
            }
            catch (Exception e) when (FileFault.IsFault(e))
            {
                // The next run removes it.
            }

            stream.Dispose();
        }
    }

    private static void DeleteOwn(FileStream file, string path)
    {
        if (FileStatus.IsAt(file.SafeFileHandle, path))
        {
            File.Delete(path);
        }
    }
}
