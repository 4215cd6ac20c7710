namespace FastIngest.Health;

/// <summary>
/// A user's profile with its texts, in UTF-8 and wherever they lie: empty when missing. Numbers are in micros,
/// <see cref="UserProfile.Missing"/> when missing.
/// </summary>
public readonly ref struct ProfileView
{
    /// <summary>A user of whom nothing but the id is known.</summary>
    public ProfileView(ReadOnlySpan<byte> userId)
    {
        UserId = userId;
        Age = Height = Weight = UserProfile.Missing;
    }

    /// <summary>A profile whose texts lie in a batch.</summary>
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

    /// <summary>Years.</summary>
    public long Age { get; init; }

    /// <summary>Centimetres.</summary>
    public long Height { get; init; }

    /// <summary>Kilograms.</summary>
    public long Weight { get; init; }
}
