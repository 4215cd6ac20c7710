namespace FastIngest.Stored;

/// <summary>A user who has stored summaries.</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="Name">The name in the newest profile; null without one.</param>
/// <param name="Days">Days with a summary, at least 1.</param>
/// <param name="FirstDay">The first of them.</param>
/// <param name="LastDay">The last of them.</param>
public sealed record StoredUser(string UserId, string? Name, long Days, DateOnly FirstDay, DateOnly LastDay);
