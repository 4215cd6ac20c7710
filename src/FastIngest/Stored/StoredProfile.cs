namespace FastIngest.Stored;

/// <summary>The newest profile of a user. A text is null and a number NaN where the profile does not say.</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="Name">The name.</param>
/// <param name="Gender">The gender, in the words of the export.</param>
/// <param name="FitnessLevel">The fitness level, in the words of the export.</param>
/// <param name="Age">Years.</param>
/// <param name="HeightCm">The height in centimetres.</param>
/// <param name="WeightKg">The weight in kilograms.</param>
public sealed record StoredProfile(string UserId, string? Name, string? Gender, string? FitnessLevel, double Age, double HeightCm, double WeightKg);
