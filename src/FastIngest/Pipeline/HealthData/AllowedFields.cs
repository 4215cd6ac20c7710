using FastIngest.Health;

namespace FastIngest.Pipeline.HealthData;

/// <summary>The fields whose findings the user expects: <c>field</c>, <c>category.field</c>, <c>category.*</c> or <c>*</c>.</summary>
public sealed class AllowedFields(IEnumerable<string> patterns)
{
    private readonly HashSet<string> _patterns = [.. patterns];

    /// <summary>Allows no field.</summary>
    public static readonly AllowedFields None = new([]);

    /// <summary>Whether a field is allowed.</summary>
    /// <param name="category">The category of its records.</param>
    /// <param name="field">The name of the field; null for names that were counted together, which only a star allows.</param>
    public bool Contains(Category category, string? field) =>
        _patterns.Contains("*") || _patterns.Contains($"{category.Name()}.*")
        || (field is not null && (_patterns.Contains(field) || _patterns.Contains($"{category.Name()}.{field}")));
}
