namespace FastIngest.Targets;

/// <summary>The kinds of targets that a program supports. It parses target names and explains invalid ones.</summary>
public sealed class TargetList
{
    private readonly TargetKind[] _kinds;

    /// <param name="kinds">The kinds, in the order in which help texts and messages list them.</param>
    public TargetList(IEnumerable<TargetKind> kinds) => _kinds = [.. kinds];

    public IReadOnlyList<TargetKind> Kinds => _kinds;

    /// <summary>Returns a list that also supports another kind of target.</summary>
    public TargetList With(TargetKind kind) => new(_kinds.Append(kind));

    /// <summary>Parses the name of a target that must have at least one of the given capabilities.</summary>
    /// <param name="name">Such as <c>sqlite:health.db</c>.</param>
    /// <param name="wanted">The capabilities, the most important one first; an empty list accepts any target.</param>
    /// <exception cref="IngestException">
    /// The name matches no kind of target, or the target lacks the capabilities. The message contains no text after the first
    /// colon of the name, because that text may be a secret.
    /// </exception>
    public Target Parse(string name, params TargetCapability[] wanted)
    {
        if (Find(name) is not (TargetKind kind, string prefix))
        {
            throw new IngestException($"Unknown target {Shown(name)}.", TargetGuess.For(name, WithAny(wanted)) is { } guess
                ? $"Did you mean {guess}?"
                : $"Use {JoinForms(wanted)}.");
        }

        if (wanted.Length > 0 && !wanted.Any(kind.Has))
        {
            throw Lacks(name, kind, wanted);
        }

        string rest = name[prefix.Length..];
        return rest.Length > 0
            ? new Target(this, kind, name, rest)
            : throw new IngestException($"The target {prefix} names nothing.", $"Write {kind.Forms[0]}.");
    }

    /// <summary>Whether the name belongs to a kind of target with the capability.</summary>
    public bool Has(string name, TargetCapability capability) => Find(name) is (TargetKind kind, _) && kind.Has(capability);

    /// <summary>Whether a text begins like the name of a target that may contain a secret.</summary>
    public bool MayHoldSecret(ReadOnlySpan<char> text)
    {
        foreach (string prefix in _kinds.Where(k => !k.IsFile).SelectMany(k => k.Prefixes))
        {
            if (text.StartsWith(TargetGuess.Scheme(prefix), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the forms of all targets with at least one of the capabilities, such as <c>sqlite:FILE or ndjson:FILE</c>.</summary>
    public string JoinForms(params TargetCapability[] wanted)
    {
        string[] forms = [.. WithAny(wanted).SelectMany(k => k.Forms)];
        return forms.Length < 2 ? string.Concat(forms) : $"{string.Join(", ", forms[..^1])} or {forms[^1]}";
    }

    /// <summary>Returns what the names of all targets that have one of some capabilities begin with, for shells to complete.</summary>
    public IReadOnlyList<string> Prefixes(params TargetCapability[] wanted) => [.. WithAny(wanted).SelectMany(k => k.CompletedPrefixes ?? k.Prefixes)];

    internal IngestException Lacks(string name, TargetKind kind, params TargetCapability[] wanted)
    {
        string lack = wanted[0] switch
        {
            TargetCapability.Summaries => "cannot store daily summaries",
            TargetCapability.Records => "cannot store records",
            TargetCapability.Entries => "cannot store dictionary entries",
            TargetCapability.Reprocess => "cannot be reprocessed",
            TargetCapability.Outbox => "holds no summaries that can be delivered",
            TargetCapability.Erasure => "cannot remove users",
            TargetCapability.Reader => "cannot be read",
            _ => "is not an API",
        };
        string prefix = kind.Prefixes.First(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));
        return new IngestException($"{prefix} {lack}.", $"Use {JoinForms(wanted)}.");
    }

    private IEnumerable<TargetKind> WithAny(TargetCapability[] wanted) => _kinds.Where(k => wanted.Length == 0 || wanted.Any(k.Has));

    private (TargetKind Kind, string Prefix)? Find(string name)
    {
        foreach (TargetKind kind in _kinds)
        {
            foreach (string prefix in kind.Prefixes)
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    return (kind, prefix);
                }
            }
        }

        return null;
    }

    /// <summary>Returns the name up to its first colon, because the rest may be a secret.</summary>
    private static string Shown(string name)
    {
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? $"'{name}'" : $"'{name[..(colon + 1)]}…'";
    }
}
