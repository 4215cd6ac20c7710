namespace FastIngest.Health;

/// <summary>
/// A record of <c>users</c>: the data of the first sentence of a summary. Texts are stored in the text buffer of the batch.
/// Numbers are in micros; <see cref="Missing"/> means no number.
/// </summary>
public struct UserProfile
{
    /// <summary>The value of a missing number. Valid numbers cannot have this value.</summary>
    public const long Missing = long.MinValue;

    public TextRef UserId, Name, Gender, FitnessLevel;

    /// <summary>Age in years, height in cm and weight in kg, each in micros.</summary>
    public long Age, Height, Weight;
}
