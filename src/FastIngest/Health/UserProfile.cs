namespace FastIngest.Health;

/// <summary>
/// A record of <c>users</c>: what the opening of a summary is made of. Texts lie in the batch's buffer;
/// numbers are in micros, <see cref="Missing"/> when absent.
/// </summary>
public struct UserProfile
{
    /// <summary>Stands for an absent number; no number of the specification reaches it.</summary>
    public const long Missing = long.MinValue;

    public TextRef UserId, Name, Gender, FitnessLevel;

    /// <summary>Age in years, height in cm and weight in kg, each in micros.</summary>
    public long Age, Height, Weight;
}
