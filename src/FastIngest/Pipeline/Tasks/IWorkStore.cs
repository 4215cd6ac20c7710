using FastIngest.Shuffle.Shared;

namespace FastIngest.Pipeline.Tasks;

/// <summary>A file of a work folder in a listing.</summary>
/// <param name="Name">Its name, such as <c>map/3.json</c>.</param>
/// <param name="Written">When it was last written, in UTC.</param>
internal readonly record struct WorkFile(string Name, DateTime Written);

/// <summary>Where the files are that the tasks of a run share. Names are relative and separated by slashes, such as <c>map/3.json</c>.</summary>
internal interface IWorkStore
{
    /// <summary>The path of a file as messages show it.</summary>
    string PathOf(string name);

    /// <summary>Prepares to store files, and proves that the storage can do what is promised.</summary>
    /// <param name="folders">The folders that files are in.</param>
    /// <exception cref="IngestException">It cannot.</exception>
    void Create(IEnumerable<string> folders);

    /// <summary>Stores a file as a whole, unless there is one of that name; returns whether there was none. Of several writers one succeeds.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    bool Commit(string name, ReadOnlySpan<byte> content);

    /// <summary>Stores a file as a whole, in place of one of that name. Readers find the old one or the new one.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    void Replace(string name, ReadOnlySpan<byte> content);

    /// <summary>Reads a file as a whole; null if it is missing.</summary>
    /// <exception cref="IngestException">It cannot be read.</exception>
    byte[]? TryRead(string name);

    bool Exists(string name);

    /// <summary>Returns a new file to write.</summary>
    /// <param name="name">Its name, which no other attempt has.</param>
    /// <param name="tempDirectory">A folder for what cannot be stored before it is complete.</param>
    ISharedOutput Write(string name, string tempDirectory);

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    /// <exception cref="IOException">The storage failed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    ISharedFile Open(string name);

    /// <summary>Lists the files in a folder.</summary>
    IEnumerable<WorkFile> List(string folder);

    /// <summary>Removes files. What cannot be removed stays.</summary>
    void Delete(IEnumerable<string> names);

    /// <summary>Removes what killed attempts left of some files in the work folder itself.</summary>
    void DeleteAttempts(IEnumerable<string> names);

    /// <summary>Removes a folder with all files in it.</summary>
    /// <exception cref="IngestException">It cannot be removed.</exception>
    void DeleteFolder(string folder);
}
