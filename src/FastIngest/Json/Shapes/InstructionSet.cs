using System.Runtime.Intrinsics;

namespace FastIngest.Json.Shapes;

/// <summary>
/// The vector width in use: the widest that the processor and this build support, or the value of the environment
/// variable FASTINGEST_ISA: avx512, avx2, vector128 or scalar.
/// </summary>
public static class InstructionSet
{
    public const string Variable = "FASTINGEST_ISA";

    public const string Avx512 = "avx512", Avx2 = "avx2", Vector128 = "vector128", Scalar = "scalar";

    /// <summary>The instruction sets that this machine supports, widest first.</summary>
    public static IReadOnlyList<string> Available { get; } = FindAvailable();

    /// <summary>The instruction set in use.</summary>
    public static string Current { get; private set; } = Available[0];

    /// <summary>Selects an instruction set by the value of the environment variable; keeps the default if the value is null or empty.</summary>
    /// <exception cref="IngestException">The instruction set does not exist, or this machine does not support it.</exception>
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
