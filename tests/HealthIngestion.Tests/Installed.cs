namespace HealthIngestion.Tests;

/// <summary>Programs that some tests need: without one a test is skipped on a developer's machine and fails in CI.</summary>
internal static class Installed
{
    /// <summary>Skips the test, or fails it in CI, where a program is missing.</summary>
    public static void Require(string program)
    {
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, program)));
        Assert.SkipWhen(!isThere && Environment.GetEnvironmentVariable("CI") != "true", $"{program} is not installed");
        Assert.True(isThere, $"{program} is not installed");
    }
}
