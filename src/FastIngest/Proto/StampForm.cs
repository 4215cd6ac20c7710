using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Proto;

/// <summary>
/// How a time was written: <c>Thh:mm:ssZ</c>, without a time of day the empty text, or the whole time after <c>!</c>. Together with the
/// microseconds it gives the text of the time again, byte for byte. The field <c>time_form</c> in docs/fastingest.proto describes it.
/// </summary>
/// <param name="HasTime">Whether it has a time of day.</param>
/// <param name="Separator">The character before the time of day.</param>
/// <param name="HasSeconds">Whether the time of day has seconds.</param>
/// <param name="Fraction">The number of digits of the fraction.</param>
/// <param name="TailBytes">The length of what follows the time of day, such as a zone.</param>
internal readonly record struct StampForm(bool HasTime, byte Separator, bool HasSeconds, int Fraction, int TailBytes)
{
    /// <summary>The required size in bytes of the destination of <see cref="Write"/>, beside the tail of the form.</summary>
    public const int MaxTimeBytes = WallTime.MaxBytes;

    /// <summary>The length of the longest zone, <c>+01:00</c>.</summary>
    public const int MaxTailBytes = 6;

    private const int MaxFraction = 6;

    /// <summary>Reads a form that is not the whole time; null for a text whose times <see cref="DateParser"/> does not read.</summary>
    public static StampForm? Parse(ReadOnlySpan<byte> form)
    {
        if (form.IsEmpty)
        {
            return new StampForm(false, 0, false, 0, 0);
        }

        byte separator = form[0];
        if (!form[1..].StartsWith("hh:mm"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> tail = form[6..];
        bool hasSeconds = tail.StartsWith(":ss"u8);
        int fraction = 0;
        if (hasSeconds)
        {
            tail = tail[3..];
            if (tail.StartsWith(".f"u8))
            {
                fraction = tail[1..].IndexOfAnyExcept((byte)'f');
                fraction = fraction < 0 ? tail.Length - 1 : fraction;
                tail = tail[(fraction + 1)..];
            }
        }

        // One time shows whether all of them are read.
        StampForm result = new(true, separator, hasSeconds, fraction, tail.Length);
        Span<byte> time = stackalloc byte[MaxTimeBytes + MaxTailBytes];
        return fraction <= MaxFraction && tail.Length <= MaxTailBytes && DateParser.IsRest(time[DateParser.DayBytes..result.Write(time, form, 0)]) ? result : null;
    }

    /// <summary>Writes a time after its day; returns the length with the day in bytes.</summary>
    /// <param name="destination">The text of the day, and at least <see cref="MaxTimeBytes"/> bytes and those of the tail.</param>
    /// <param name="form">The text of the form.</param>
    /// <param name="micros">The microseconds since midnight.</param>
    public int Write(Span<byte> destination, ReadOnlySpan<byte> form, long micros)
    {
        if (!HasTime)
        {
            return DateParser.DayBytes;
        }

        (int seconds, int fraction) = ((int)(micros / WallTime.MicrosPerSecond), (int)(micros % WallTime.MicrosPerSecond));
        destination[10] = Separator;
        WritePair(destination[11..], seconds / 3600);
        destination[13] = (byte)':';
        WritePair(destination[14..], seconds / 60 % 60);
        int length = 16;
        if (HasSeconds)
        {
            destination[16] = (byte)':';
            WritePair(destination[17..], seconds % 60);
            length = 19;
            if (Fraction > 0)
            {
                destination[length++] = (byte)'.';
                for (int digit = 0, unit = 100_000; digit < Fraction; digit++, unit /= 10)
                {
                    destination[length++] = (byte)('0' + (fraction / unit % 10));
                }
            }
        }

        form[^TailBytes..].CopyTo(destination[length..]);
        return length + TailBytes;
    }

    /// <summary>Finds the form of a time.</summary>
    /// <param name="stamp">The time as written.</param>
    /// <param name="form">Receives the form; at least one byte longer than the time.</param>
    /// <param name="micros">The microseconds since 0001-01-01 on the local clock.</param>
    /// <returns>The length of the form in bytes.</returns>
    public static int Of(ReadOnlySpan<byte> stamp, Span<byte> form, out long micros)
    {
        if (!DateParser.TryParseDay(stamp, out int day))
        {
            micros = 0;
            return Verbatim(stamp, form);
        }

        ReadOnlySpan<byte> rest = stamp[DateParser.DayBytes..];
        micros = (day * WallTime.MicrosPerDay) + TimeOfDay.Microseconds(rest);
        if (rest.IsEmpty)
        {
            return 0;
        }

        form[0] = rest[0];
        "hh:mm"u8.CopyTo(form[1..]);
        int length = 6;
        if (rest.Length > length && rest[length] == ':')
        {
            ":ss"u8.CopyTo(form[length..]);
            length += 3;
            if (rest[7] == '6')
            {
                return Verbatim(stamp, form);
            }

            if (rest.Length > length && rest[length] == '.')
            {
                int digits = rest[(length + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
                digits = digits < 0 ? rest.Length - length - 1 : digits;
                if (digits > MaxFraction)
                {
                    return Verbatim(stamp, form);
                }

                form[length++] = (byte)'.';
                form.Slice(length, digits).Fill((byte)'f');
                length += digits;
            }
        }

        rest[length..].CopyTo(form[length..]);
        return rest.Length;
    }

    /// <summary>Writes the form that is the whole time; returns its length in bytes.</summary>
    public static int Verbatim(ReadOnlySpan<byte> stamp, Span<byte> form)
    {
        form[0] = ProtoFormat.VerbatimMark;
        stamp.CopyTo(form[1..]);
        return stamp.Length + 1;
    }

    private static void WritePair(Span<byte> destination, int value)
    {
        destination[0] = (byte)('0' + (value / 10));
        destination[1] = (byte)('0' + (value % 10));
    }
}
