namespace FastIngest.Pipeline;

/// <summary>Hears how a run goes on. Calls come from several threads, a few a second per worker; they must return at once.</summary>
public interface IIngestProgress
{
    /// <summary>The input is known; reading begins.</summary>
    void Started(IReadOnlyList<Sinks.RunFile> files);

    /// <summary>A piece of a file has been read; the file is named by its 0-based place in the list given to <see cref="Started"/>.</summary>
    void Read(int fileIndex, long bytes, long records);

    /// <summary>All input is read; rows follow.</summary>
    void Reducing();

    /// <summary>Rows have reached the sinks.</summary>
    void Written(long rows);
}
