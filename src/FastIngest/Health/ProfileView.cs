namespace FastIngest.Health;

/// <summary>
/// A user's profile as spans over its texts in UTF-8, in any buffer. A missing text is empty; numbers are in micros, and
/// <see cref="UserProfile.Missing"/> means no number.
/// <see cref="UserProfile.Missing"/> when missing.
/// </summary>
public readonly ref struct ProfileView
{
    /// <summary>Creates the profile of a user without a profile record: only the id is known.</summary>
    public ProfileView(ReadOnlySpan<byte> userId)
    {
        UserId = userId;
        Age = Height = Weight = UserProfile.Missing;
    }

    /// <summary>Creates a view of a profile whose texts are stored in a batch.</summary>
    public ProfileView(SummaryBatch texts, in UserProfile profile)
    {
        UserId = texts.Text(profile.UserId);
        Name = texts.Text(profile.Name);
        Gender = texts.Text(profile.Gender);
        FitnessLevel = texts.Text(profile.FitnessLevel);
        Age = profile.Age;
        Height = profile.Height;
        Weight = profile.Weight;
    }

    public ReadOnlySpan<byte> UserId { get; }

    public ReadOnlySpan<byte> Name { get; init; }

    public ReadOnlySpan<byte> Gender { get; init; }

    public ReadOnlySpan<byte> FitnessLevel { get; init; }

    /// <summary>Years, in micros.</summary>
    public long Age { get; init; }

    /// <summary>Centimetres, in micros.</summary>
    public long Height { get; init; }

    /// <summary>Kilograms, in micros.</summary>
    public long Weight { get; init; }
}
