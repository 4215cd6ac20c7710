namespace FastIngest.Pipeline.Tasks;

/// <summary>The errors of a file that a map task left for later steps.</summary>
/// <param name="path">The path shown to the user.</param>
/// <param name="task">The index of the task.</param>
/// <param name="laterSteps">The steps that must run after the task has run once more.</param>
internal sealed class MapFileFaults(string path, int task, string laterSteps)
{
    public static IngestException CanNotWrite(string path, Exception e) => new(
        $"{path} cannot be written: {FaultText.OneLine(e.Message)}", "Check the work folder and the space on its disk, then start the task once more.", e);

    /// <summary>Reads, and names the file where that fails.</summary>
    /// <exception cref="IngestException">The file is cut off or cannot be read.</exception>
    public T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (EndOfStreamException e)
        {
            throw Damaged("is cut off", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged($"cannot be read: {FaultText.OneLine(e.Message)}", e);
        }
    }

    /// <inheritdoc cref="Guarded{T}"/>
    public void Guarded(Action read) => Guarded(() =>
    {
        read();
        return true;
    });

    public IngestException Damaged(string how, Exception? inner = null) => new(
        $"{path} {how}.", $"Remove the manifest of map task {task} and check.json from the work folder, then run map --task {task}, {laterSteps}.", inner);
}
