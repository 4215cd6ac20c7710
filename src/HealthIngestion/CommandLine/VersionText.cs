using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace HealthIngestion.CommandLine;

/// <summary>What <c>--version</c> prints and what reports call the version.</summary>
internal static class VersionText
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Version => Split().Version;

    /// <summary>The commit the program was built from, or <c>unknown</c>.</summary>
    public static string Commit => Split().Commit;

    /// <summary>The widest vectors that this program uses on this CPU.</summary>
    public static string Isa =>
        Vector512.IsHardwareAccelerated ? "AVX-512"
        : Avx512F.IsSupported ? "AVX2 (AVX-512 at hand)"
        : Avx2.IsSupported ? "AVX2"
        : Sse42.IsSupported ? "SSE4.2"
        : AdvSimd.IsSupported ? "NEON"
        : Vector128.IsHardwareAccelerated ? "128 bits" : "none";

    public static string All()
    {
        (string version, string commit) = Split();
        string how = RuntimeFeature.IsDynamicCodeSupported ? "managed" : "native";
        return $"""
            health_ingestion {version}
            commit   {commit}
            runtime  {RuntimeInformation.FrameworkDescription}, {how}, {RuntimeInformation.RuntimeIdentifier}
            vectors  {Isa}

            """;
    }

    private static (string Version, string Commit) Split()
    {
        string text = typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? (text, "unknown") : (text[..plus], text[(plus + 1)..]);
    }
}
