using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Prefix parity: bit i of the result is set when an odd number of bits 0..i are set.
/// <code>
/// bits      00100010011
/// parity    00111100010      the lowest bit is written first
/// </code>
/// </summary>
internal static class BitParity
{
    /// <summary>Carry-less multiplication by all ones: one instruction if the processor supports it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiplied(ulong bits) => Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar()
        : Shifted(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Shifted(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }
}
