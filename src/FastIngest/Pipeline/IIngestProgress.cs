namespace FastIngest.Pipeline;

/// <summary>Receives the progress of a run. Several threads call it, each a few times per second; the calls must return immediately.</summary>
public interface IIngestProgress
{
    /// <summary>Called once, when the input files are open and before reading begins.</summary>
    void Started(IReadOnlyList<Sinks.RunFile> files);

    /// <summary>Called after a part of a file was read.</summary>
    /// <param name="fileIndex">The 0-based index of the file in the list passed to <see cref="Started"/>.</param>
    /// <param name="bytes">Bytes read since the last call.</param>
    /// <param name="records">Records read since the last call.</param>
    void Read(int fileIndex, long bytes, long records);

    /// <summary>Called when all input is read; rows follow.</summary>
    void Reducing();

    /// <summary>Called when rows have reached the sinks.</summary>
    void Written(long rows);
}
