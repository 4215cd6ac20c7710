namespace FastIngest.Dialects.AppleHealth;

/// <summary>The names of elements that are children of the root element. Only records are also in correlations.</summary>
internal static class ChildNames
{
    private static readonly byte[][] Tags =
    [
        "<Record"u8.ToArray(), "<Workout"u8.ToArray(), "<Correlation"u8.ToArray(), "<ActivitySummary"u8.ToArray(), "<ClinicalRecord"u8.ToArray(),
        "<Audiogram"u8.ToArray(), "<VisionPrescription"u8.ToArray(), "<ExportDate"u8.ToArray(), "<Me"u8.ToArray(),
    ];

    /// <summary>Whether a text begins with the start tag of a child of the root element.</summary>
    public static bool StartsWithOne(ReadOnlySpan<byte> text)
    {
        foreach (byte[] tag in Tags)
        {
            if (Prolog.StartsWithName(text, tag))
            {
                return true;
            }
        }

        return false;
    }
}
