namespace FastIngest.Targets;

/// <summary>Suggests a target when the given name matches no kind of target.</summary>
internal static class TargetGuess
{
    /// <summary>Returns a similar name or form; null when nothing is similar. The result contains no text after a colon of the given name.</summary>
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

    /// <summary>Returns the text before the first colon; the full text when it has no colon.</summary>
    public static string Scheme(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? text : text[..colon];
    }

    private static bool IsFileOf(TargetKind kind, string name) =>
        kind.FileEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || (kind.HasStandardOutput && name == "-");
}
