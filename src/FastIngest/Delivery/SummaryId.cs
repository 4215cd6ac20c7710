using FastIngest.Json;


namespace FastIngest.Delivery;

/// <summary>The identity of a summary in an API: the UUID of the name <c>fastingest:summary:{user_id}:{date}</c>.</summary>
internal static class SummaryId
{
    /// <param name="userId">UTF-8.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    public static Guid Of(ReadOnlySpan<byte> userId, int day)
    {
        ReadOnlySpan<byte> prefix = "fastingest:summary:"u8;
        int length = prefix.Length + userId.Length + 1 + DayText.Bytes;
        Span<byte> name = length <= 1024 ? stackalloc byte[length] : new byte[length];
        prefix.CopyTo(name);
        userId.CopyTo(name[prefix.Length..]);
        name[^(DayText.Bytes + 1)] = (byte)':';
        DayText.Write(name[^DayText.Bytes..], day);
        return UuidVersion5.Of(name);
    }
}
