namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>The location of the samples.</summary>
internal static class RepositoryFolder
{
    /// <summary>The folder <c>tests</c> of the repository.</summary>
    public static string Tests { get; } =
        AppContext.BaseDirectory[..(AppContext.BaseDirectory.LastIndexOf("/tests/", StringComparison.Ordinal) + "/tests".Length)];
}
