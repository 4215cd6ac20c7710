namespace FastIngest.Stored;

/// <summary>A user who has stored summaries.</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="Name">The name in the newest profile; null without one.</param>
/// <param name="Days">The number of days with a summary, at least 1.</param>
/// <param name="FirstDay">The first day with a summary.</param>
/// <param name="LastDay">The last day with a summary.</param>
public sealed record StoredUser(string UserId, string? Name, long Days, DateOnly FirstDay, DateOnly LastDay);
