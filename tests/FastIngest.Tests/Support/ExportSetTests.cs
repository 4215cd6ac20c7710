namespace FastIngest.Tests.Support;

/// <summary>What the tests of every dialect of exports have: its golden set, and a folder for files of their own.</summary>
/// <param name="set">The name of the golden set.</param>
public abstract class ExportSetTests(string set) : IDisposable
{
    internal ExportSet Set { get; } = new(set);

    internal TemporaryFolder Folder { get; } = new(inMemory: true);

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
