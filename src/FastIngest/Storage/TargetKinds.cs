namespace FastIngest.Storage;

/// <summary>Makes a sink of the whole target and of what follows its prefix.</summary>
internal delegate TSink TargetMaker<TSink, TOptions>(string target, string rest, TOptions options);

/// <summary>What a target may begin with, how it is shown when it is not understood, and what makes its sink.</summary>
/// <param name="kinds">The kinds.</param>
/// <param name="otherForms">Forms of targets that are made elsewhere, to be named as known.</param>
internal sealed class TargetKinds<TSink, TOptions>((string Prefix, string Form, TargetMaker<TSink, TOptions> Make)[] kinds, params string[] otherForms)
{
    /// <exception cref="IngestException">No kind has this form.</exception>
    public TSink Create(string target, TOptions options)
    {
        foreach ((string prefix, string form, TargetMaker<TSink, TOptions> make) in kinds)
        {
            if (target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                string rest = target[prefix.Length..];
                return rest.Length > 0
                    ? make(target, rest, options)
                    : throw new IngestException($"The target {prefix} names nothing.", $"Write {form}.");
            }
        }

        throw new IngestException($"{Shown(target)} is no target that is known.", $"Known are {string.Join(", ", kinds.Select(k => k.Form).Concat(otherForms).Distinct())}.");
    }

    /// <summary>The target up to its first colon: what follows may hold a password.</summary>
    private static string Shown(string target)
    {
        int colon = target.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? $"'{target}'" : $"'{target[..(colon + 1)]}…'";
    }
}
