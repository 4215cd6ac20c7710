namespace FastIngest.Embedding;

/// <summary>A day that a search found.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Day">The day.</param>
/// <param name="Score">The cosine of the angle between the vectors of the query and of the day: 1 for the same direction.</param>
/// <param name="Summary">The summary of the day.</param>
public sealed record DayMatch(string UserId, DateOnly Day, double Score, string Summary);
