using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Unicode;

namespace FastIngest.Json.Structural;

/// <summary>
/// Validates UTF-8, 32 bytes at a time if the processor supports AVX2, by the method of Keiser and Lemire, "Validating
/// UTF-8 In Less Than One Instruction Per Byte" (2021). Three tables, indexed by the two halves of a byte and by the high
/// half of the next byte, list the possible errors of a byte pair; an error is one that all three tables contain.
/// </summary>
// SAFETY: (whole file) Blocks start at the fourth byte or later, loads reach back at most three bytes and end within the text.
internal static unsafe class Utf8Scan
{
    private const int StepBytes = 32;

    /// <summary>The number of bytes that one test for ASCII covers: more frequent tests would cost more than they save.</summary>
    private const int BatchBytes = 4 * StepBytes;

    private const int LongestPrefix = 3;

    // The possible errors of a byte pair. The last two bytes of a three-byte or four-byte sequence are valid only if a
    // sequence of that length began before them.
    private const byte TooShort = 1, TooLong = 2, Overlong3 = 4, TooLarge = 8, Surrogate = 16, Overlong2 = 32, TooLargeOrOverlong4 = 64, TwoContinuations = 128;
    private const byte Any = TooShort | TooLong | TwoContinuations;
    private const byte Continues = TooLong | Overlong2 | TwoContinuations;

    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (!Avx2.IsSupported || text.Length < LongestPrefix + StepBytes || ((text[0] | text[1] | text[2]) & 0x80) != 0)
        {
            return Utf8.IsValid(text);
        }

        fixed (byte* start = text)
        {
            byte* end = start + text.Length;
            byte* at = start + LongestPrefix;
            Vector256<byte> faults = default;
            bool isAscii = true;
            for (; at <= end - BatchBytes; at += BatchBytes)
            {
                Vector256<byte> first = Vector256.Load(at);
                Vector256<byte> second = Vector256.Load(at + StepBytes);
                Vector256<byte> third = Vector256.Load(at + (2 * StepBytes));
                Vector256<byte> last = Vector256.Load(at + (3 * StepBytes));
                bool wasAscii = isAscii;
                isAscii = (first | second | third | last).ExtractMostSignificantBits() == 0;
                if (!isAscii)
                {
                    faults |= Faults(first, at) | Faults(second, at + StepBytes)
                        | Faults(third, at + (2 * StepBytes)) | Faults(last, at + (3 * StepBytes));
                }
                else if (!wasAscii)
                {
                    // A sequence that began in the previous batch must have ended there.
                    faults |= Faults(first, at);
                }
            }

            for (; at <= end - StepBytes; at += StepBytes)
            {
                faults |= Faults(Vector256.Load(at), at);
            }

            // The remaining bytes, from the start of the sequence that may reach into them.
            byte* rest = at;
            for (int back = 1; back <= LongestPrefix && (at[-back] & 0x80) != 0; back++)
            {
                if ((at[-back] & 0x40) != 0)
                {
                    rest = at - back;
                    break;
                }
            }

            return faults == default && Utf8.IsValid(text[(int)(rest - start)..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Faults(Vector256<byte> bytes, byte* at)
    {
        Vector256<byte> before = Vector256.Load(at - 1);
        Vector256<byte> low = Vector256.Create((byte)0x0F);
        Vector256<byte> first = Avx2.Shuffle(Table(
            TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong,
            TwoContinuations, TwoContinuations, TwoContinuations, TwoContinuations,
            TooShort | Overlong2, TooShort, TooShort | Overlong3 | Surrogate, TooShort | TooLarge | TooLargeOrOverlong4), High(before));
        Vector256<byte> second = Avx2.Shuffle(Table(
            Any | Overlong2 | Overlong3 | TooLargeOrOverlong4, Any | Overlong2, Any, Any,
            Any | TooLarge, Any | TooLarge | TooLargeOrOverlong4, Any | TooLarge | TooLargeOrOverlong4, Any | TooLarge | TooLargeOrOverlong4,
            Any | TooLarge | TooLargeOrOverlong4, Any | TooLarge | TooLargeOrOverlong4, Any | TooLarge | TooLargeOrOverlong4, Any | TooLarge | TooLargeOrOverlong4,
            Any | TooLarge | TooLargeOrOverlong4, Any | TooLarge | TooLargeOrOverlong4 | Surrogate, Any | TooLarge | TooLargeOrOverlong4, Any | TooLarge | TooLargeOrOverlong4), before & low);
        Vector256<byte> third = Avx2.Shuffle(Table(
            TooShort, TooShort, TooShort, TooShort, TooShort, TooShort, TooShort, TooShort,
            Continues | Overlong3 | TooLargeOrOverlong4, Continues | Overlong3 | TooLarge, Continues | Surrogate | TooLarge, Continues | Surrogate | TooLarge,
            TooShort, TooShort, TooShort, TooShort), High(bytes));

        // After a byte >= 0xE0 two places before, or >= 0xF0 three places before, this byte must be a second continuation.
        Vector256<byte> must = Avx2.SubtractSaturate(Vector256.Load(at - 2), Vector256.Create((byte)(0xE0 - 0x80)))
            | Avx2.SubtractSaturate(Vector256.Load(at - 3), Vector256.Create((byte)(0xF0 - 0x80)));
        return (first & second & third) ^ (must & Vector256.Create(TwoContinuations));

        Vector256<byte> High(Vector256<byte> v) => Avx2.ShiftRightLogical(v.AsUInt16(), 4).AsByte() & low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Table(
        byte b0, byte b1, byte b2, byte b3, byte b4, byte b5, byte b6, byte b7, byte b8, byte b9, byte b10, byte b11, byte b12, byte b13, byte b14, byte b15) =>
        Vector256.Create(
            b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15,
            b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15);
}
