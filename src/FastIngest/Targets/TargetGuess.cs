namespace FastIngest.Targets;

/// <summary>Guesses which target somebody meant who wrote the name of none.</summary>
internal static class TargetGuess
{
    /// <summary>Returns a name or the form of a name; null when nothing is near. It repeats nothing behind a colon.</summary>
    public static string? For(string name, IEnumerable<TargetKind> kinds)
    {
        TargetKind[] known = [.. kinds];
        string typed = Scheme(name);
        if (typed.Length == name.Length && known.FirstOrDefault(k => IsFileOf(k, name)) is { } file)
        {
            return file.Prefixes[0] + name;
        }

        string? near = Suggestion.For(typed.ToLowerInvariant(), known.SelectMany(k => k.Prefixes).Select(Scheme));
        return near is null ? null : known.First(k => k.Prefixes.Any(p => Scheme(p) == near)).Forms[0];
    }

    /// <summary>The text before the first colon; all of it where there is none.</summary>
    public static string Scheme(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? text : text[..colon];
    }

    private static bool IsFileOf(TargetKind kind, string name) =>
        kind.FileEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || (kind.HasStandardOutput && name == "-");
}
