using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastIngest.Json.Shapes;

namespace HealthIngestion.CommandLine;

/// <summary>What <c>--version</c> prints and what reports call the version.</summary>
internal static class VersionText
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Version => Split().Version;

    /// <summary>The commit the program was built from, or <c>unknown</c>.</summary>
    public static string Commit => Split().Commit;

    /// <summary>The vectors in use, such as <c>avx2</c>.</summary>
    public static string Isa => InstructionSet.Current;

    public static string All()
    {
        (string version, string commit) = Split();
        string runtime = RuntimeFeature.IsDynamicCodeSupported ? $"{RuntimeInformation.FrameworkDescription}, managed" : $"{BuildFacts.NativeRuntime}, native";
        return $"""
            health_ingestion {version}
            commit   {commit}
            runtime  {runtime}, {RuntimeInformation.RuntimeIdentifier}
            vectors  {Isa} (of {string.Join(", ", InstructionSet.Available)}; {InstructionSet.Variable} chooses)

            """;
    }

    private static (string Version, string Commit) Split()
    {
        int plus = BuildFacts.Version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? (BuildFacts.Version, "unknown") : (BuildFacts.Version[..plus], BuildFacts.Version[(plus + 1)..]);
    }
}
