using System.Runtime.Intrinsics;

namespace FastIngest.Json.Shapes;

/// <summary>
/// The width of vectors in use: the widest that the processor and this build have, or what the environment variable
/// FASTINGEST_ISA says: avx512, avx2, vector128 or scalar.
/// </summary>
public static class InstructionSet
{
    public const string Variable = "FASTINGEST_ISA";

    public const string Avx512 = "avx512", Avx2 = "avx2", Vector128 = "vector128", Scalar = "scalar";

    /// <summary>Those that work here, the best first.</summary>
    public static IReadOnlyList<string> Available { get; } = FindAvailable();

    /// <summary>The one in use.</summary>
    public static string Current { get; private set; } = Available[0];

    /// <summary>Chooses by the environment variable.</summary>
    /// <exception cref="IngestException">It names what does not exist or does not work here.</exception>
    public static void Choose(string? wanted)
    {
        if (string.IsNullOrEmpty(wanted))
        {
            return;
        }

        if (!Available.Contains(wanted))
        {
            throw new IngestException(
                $"{Variable}={wanted} is not available here.", $"Use one of: {string.Join(", ", Available)}; or unset it.");
        }

        Current = wanted;
    }

    private static List<string> FindAvailable()
    {
        List<string> available = [];
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated)
        {
            available.Add(Avx512);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            available.Add(Avx2);
        }

        if (System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated)
        {
            available.Add(Vector128);
        }

        available.Add(Scalar);
        return available;
    }
}
