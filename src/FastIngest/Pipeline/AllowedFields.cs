using FastIngest.Health;

namespace FastIngest.Pipeline;

/// <summary>
/// The fields whose findings the user expects: <c>field</c>, <c>category.field</c>, <c>category.*</c> or <c>*</c>. A star allows
/// fields that are not read, but no values that are not numbers: a new version of an export would otherwise lose data in silence.
/// </summary>
public sealed class AllowedFields(IEnumerable<string> patterns)
{
    private readonly HashSet<string> _patterns = [.. patterns];

    /// <summary>Allows no field.</summary>
    public static readonly AllowedFields None = new([]);

    /// <summary>Whether a field may be unknown.</summary>
    /// <param name="category">The category of its records.</param>
    /// <param name="field">The name of the field; null for names that were counted together, which only a star allows.</param>
    public bool MayBeUnknown(Category category, string? field) =>
        _patterns.Contains("*") || _patterns.Contains($"{category.Name()}.*") || (field is not null && Names(category, field));

    /// <summary>Whether a field is named, so that also its values may be other than numbers.</summary>
    /// <param name="category">The category of its records.</param>
    /// <param name="field">The name of the field.</param>
    public bool Names(Category category, string field) => _patterns.Contains(field) || _patterns.Contains($"{category.Name()}.{field}");
}
