using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FastIngest.Json;

/// <summary>
/// Finds where values end in JSON that is known to be valid: only quotes, backslashes and brackets are looked at, 16 bytes at once. On bytes
/// that are not valid JSON the result is some place in them or an exception for an index, never a read outside of them.
/// </summary>
internal static class JsonSpans
{
    private const int Step = 16;

    /// <summary>Returns the offset of the first byte from an offset on that is no white space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while (json[at] <= ' ')
        {
            at++;
        }

        return at;
    }

    /// <summary>Returns the offset after the value that begins at an offset.</summary>
    public static int EndOfValue(ReadOnlySpan<byte> json, int at)
    {
        switch (json[at])
        {
            case (byte)'"':
                return EndOfString(json, at);
            case (byte)'{' or (byte)'[':
                return EndOfNested(json, at);
            default:
                while (at < json.Length && json[at] is not ((byte)',' or (byte)'}' or (byte)']' or <= (byte)' '))
                {
                    at++;
                }

                return at;
        }
    }

    /// <summary>Returns the offset after the closing quote of the string that begins at an offset.</summary>
    public static int EndOfString(ReadOnlySpan<byte> json, int at)
    {
        for (at++; ;)
        {
            ReadOnlySpan<byte> rest = json[at..];
            if (rest.Length >= Step)
            {
                Vector128<byte> bytes = Load(rest);
                uint stops = (Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))).ExtractMostSignificantBits();
                if (stops == 0)
                {
                    at += Step;
                    continue;
                }

                at += BitOperations.TrailingZeroCount(stops);
            }

            switch (json[at])
            {
                case (byte)'"':
                    return at + 1;
                case (byte)'\\':
                    at += 2;
                    break;
                default:
                    at++;
                    break;
            }
        }
    }

    /// <summary>Returns the offset after the closing bracket of the object or array that begins at an offset.</summary>
    private static int EndOfNested(ReadOnlySpan<byte> json, int at)
    {
        int depth = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = json[at..];
            uint stops = 1;
            if (rest.Length >= Step)
            {
                // The bit 0x20 makes braces of square brackets.
                Vector128<byte> bytes = Load(rest);
                Vector128<byte> folded = bytes | Vector128.Create((byte)0x20);
                stops = (Vector128.Equals(folded, Vector128.Create((byte)'{')) | Vector128.Equals(folded, Vector128.Create((byte)'}'))
                    | Vector128.Equals(bytes, Vector128.Create((byte)'"'))).ExtractMostSignificantBits();
            }

            int next = at + (rest.Length >= Step ? Step : 1);
            for (; stops != 0; stops &= stops - 1)
            {
                int stop = at + BitOperations.TrailingZeroCount(stops);
                switch (json[stop])
                {
                    case (byte)'"':
                        next = EndOfString(json, stop);
                        stops = 0;
                        break;
                    case (byte)'{' or (byte)'[':
                        depth++;
                        break;
                    case (byte)'}' or (byte)']':
                        if (--depth == 0)
                        {
                            return stop + 1;
                        }

                        break;
                }
            }

            at = next;
        }
    }

    // SAFETY: the callers have checked that a step of bytes is there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(ReadOnlySpan<byte> bytes) => Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(bytes));
}
