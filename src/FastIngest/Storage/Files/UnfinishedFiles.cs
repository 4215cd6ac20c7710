namespace FastIngest.Storage.Files;

/// <summary>Removes what a killed run left of a file that it did not complete. The rows of all its users are in there.</summary>
public static class UnfinishedFiles
{
    /// <summary>Removes <c>FILE.partial</c>, and its replacement, of a file.</summary>
    /// <param name="path">The file as the user named it; it may be missing.</param>
    /// <param name="isDryRun">Whether everything stays.</param>
    /// <returns>What was removed, or would be, for the user; null for nothing.</returns>
    /// <exception cref="IngestException">A run writes the file, or it cannot be removed.</exception>
    public static string? Remove(string path, bool isDryRun)
    {
        string partial = PartialFile.PathFor(PartialFile.Resolve(path));
        string[] left = [.. ((string[])[partial, PartialFile.ReplacementOf(partial)]).Where(f => FileStatus.OfEntry(f) is { Kind: not FileKind.Folder } || File.Exists(f))];
        foreach (string file in left)
        {
            try
            {
                if (isDryRun)
                {
                    NewFile.RejectHeld(file);
                }
                else
                {
                    NewFile.RemoveLeftover(file, isLockable: true);
                }
            }
            catch (IOException e) when (e.HResult == Posix.TryAgain)
            {
                throw new IngestException($"{file} is being written by a run, which may store the person again; nothing was removed from {path}.", "Wait for that run to end, then run the same command again.", e);
            }
            catch (Exception e) when (FileFault.IsFault(e))
            {
                throw new IngestException($"{file} is of a run that was killed, may have rows of the person and cannot be removed: {FaultText.OneLine(e.Message)}", "Remove it yourself.", e);
            }
        }

        return left.Length == 0 ? null : $"{string.Join(" and ", left)} of a run that was killed {(isDryRun ? "would be" : left.Length == 1 ? "was" : "were")} removed";
    }
}
