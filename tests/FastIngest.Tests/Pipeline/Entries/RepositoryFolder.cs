namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>Where the samples lie.</summary>
internal static class RepositoryFolder
{
    /// <summary>The folder <c>tests</c> of the repository.</summary>
    public static string Tests { get; } =
        AppContext.BaseDirectory[..(AppContext.BaseDirectory.LastIndexOf("/tests/", StringComparison.Ordinal) + "/tests".Length)];
}
