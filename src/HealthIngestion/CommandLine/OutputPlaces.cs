namespace HealthIngestion.CommandLine;

/// <summary>Every output needs a place of its own; two in one file or on standard output would harm each other.</summary>
internal static class OutputPlaces
{
    private const string StandardOutput = "standard output";

    /// <exception cref="UsageException">Two outputs have the same place.</exception>
    public static void RefuseClashes(IReadOnlyList<string> targets, string rejectsPath, string? statsPath)
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (string target in targets)
        {
            Claim(owners, Place(target), "--to");
        }

        Claim(owners, Path.GetFullPath(rejectsPath), "--rejects");
        if (statsPath is not null)
        {
            Claim(owners, statsPath == "-" ? StandardOutput : Path.GetFullPath(statsPath), "--stats-json");
        }
    }

    private static void Claim(Dictionary<string, string> owners, string place, string option)
    {
        if (!owners.TryAdd(place, option))
        {
            throw new UsageException(owners[place] == option
                ? $"{option} names {Shown(place)} twice"
                : $"{owners[place]} and {option} both write to {Shown(place)}");
        }
    }

    /// <summary>Files by their full path, so that <c>a.db</c> and <c>./a.db</c> are one; other targets as they stand.</summary>
    private static string Place(string target)
    {
        int colon = target.IndexOf(':', StringComparison.Ordinal);
        bool isFile = colon > 0 && target[..colon] is "sqlite" or "ndjson" && target.Length > colon + 1;
        return !isFile ? target
            : target == "ndjson:-" ? StandardOutput
            : Path.GetFullPath(target[(colon + 1)..]);
    }

    /// <summary>A URL may hold a password and is never shown.</summary>
    private static string Shown(string place) =>
        place.Contains("://", StringComparison.Ordinal) ? "the same target" : place;
}
