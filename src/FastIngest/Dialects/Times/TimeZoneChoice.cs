using NodaTime;

namespace FastIngest.Dialects.Times;

/// <summary>The time zone that the user gave with <c>--time-zone</c>, for stamps in UTC.</summary>
public sealed class TimeZoneChoice
{
    private TimeZoneChoice(DateTimeZone zone) => Zone = zone;

    /// <summary>The zone; its rules come from the system or, where the system has none, from this program.</summary>
    internal DateTimeZone Zone { get; }

    /// <summary>The IANA name, such as <c>Europe/Berlin</c>.</summary>
    public string Name => Zone.Id;

    /// <summary>Returns the zone with an IANA name; null for an unknown name.</summary>
    public static TimeZoneChoice? Find(string name)
    {
        try
        {
            if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) && zone.HasIanaId)
            {
                return new TimeZoneChoice(NodaTime.TimeZones.BclDateTimeZone.FromTimeZoneInfo(zone));
            }
        }
        catch (Exception e) when (e is InvalidTimeZoneException or UnauthorizedAccessException or IOException or System.Security.SecurityException)
        {
            // The system's data is damaged: use that of this program.
        }

        return DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } own ? new TimeZoneChoice(own) : null;
    }
}
