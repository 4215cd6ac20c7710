using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.HealthData;

/// <summary>
/// Recognises health files by their names, in any case and as people and browsers write them: <c>sleep.json</c>,
/// <c>Sleep (1).JSON</c>, <c>sleep2024.json</c>, <c>Copy of heart-rate.csv</c>, <c>2024-01 sleep.json.txt</c>.
/// </summary>
public static class HealthFileNames
{
    /// <summary>An ending that mail programs and browsers append to a text file.</summary>
    private const string AppendedEnding = ".txt";

    private static readonly string[] CopyPrefixes = ["copy of ", "kopie von ", "copie de ", "copia de ", "copia di "];

    /// <summary>Words that people use for a category, without the characters that separate words.</summary>
    private static readonly (string Word, Category Category)[] Synonyms =
    [
        ("heartrate", Category.HeartRate), ("hr", Category.HeartRate), ("pulse", Category.HeartRate), ("bpm", Category.HeartRate),
        ("food", Category.Nutrition), ("meal", Category.Nutrition), ("diet", Category.Nutrition),
        ("exercise", Category.Workouts), ("training", Category.Workouts), ("steps", Category.Activities),
        ("profile", Category.Users), ("weight", Category.Measurements), ("vitals", Category.Measurements),
    ];

    /// <summary>The file name endings of the dialects whose files are named after a category, with the dot.</summary>
    public static IReadOnlyList<string> Endings { get; } = [.. DialectCatalog.All.Where(d => d is not ExportDialect).SelectMany(d => d.Endings)];

    /// <summary>Returns the category of a file, which may be compressed, by its name alone; null without one.</summary>
    public static Category? CategoryOf(string name) => CategoryOf(Compression.NameOfContent(name), Endings);

    /// <summary>Whether a run opens a file with that name when it reads the file's folder.</summary>
    public static bool IsRead(string name) => CategoryOf(name) is not null || ZipArchives.IsName(name);

    /// <summary>Returns the category that a file name begins with; null without one.</summary>
    /// <param name="name">The file name without its folder and without a compression ending.</param>
    /// <param name="endings">The accepted endings, each with its dot, such as <c>.json</c>.</param>
    public static Category? CategoryOf(string name, IReadOnlyList<string> endings) =>
        !name.StartsWith('.') && EndingOf(name, endings) is { } ending ? CategoryOfStem(name.AsSpan(0, name.Length - ending.Length)) : null;

    /// <summary>Whether a file that is not hidden has one of the accepted endings.</summary>
    public static bool HasEnding(string name, IReadOnlyList<string> endings) => !name.StartsWith('.') && EndingOf(name, endings) is not null;

    /// <summary>Explains why a file is not read whose name has no category.</summary>
    /// <param name="path">The path shown to the user.</param>
    /// <param name="name">The file name without its folder and without a compression ending.</param>
    /// <param name="endings">The accepted endings.</param>
    public static UnreadFile Explain(string path, string name, IReadOnlyList<string> endings)
    {
        if (name.StartsWith('.'))
        {
            return new UnreadFile(path, "it is hidden, because its name begins with a dot");
        }

        string stem = name[..^(EndingOf(name, endings) ?? Path.GetExtension(name)).Length];
        bool hasEnding = EndingOf(name, endings) is not null;
        Category? named = CategoryOfStem(stem);
        if (named is not null)
        {
            return new UnreadFile(path, $"its name does not end with {string.Join(", ", endings)}", IsExpected: true);
        }

        string? guess = hasEnding && Guess(stem) is { } category ? category.Name() + Path.GetExtension(WithoutAppended(name)).ToLowerInvariant() : null;
        return new UnreadFile(path, "its name begins with no category", guess, IsExpected: guess is not null);
    }

    private static string? EndingOf(string name, IReadOnlyList<string> endings)
    {
        string content = WithoutAppended(name);
        return endings.FirstOrDefault(e => content.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is null ? null
            : name[(content.LastIndexOf('.'))..];
    }

    private static string WithoutAppended(string name) =>
        name.EndsWith(AppendedEnding, StringComparison.OrdinalIgnoreCase) ? name[..^AppendedEnding.Length] : name;

    private static Category? CategoryOfStem(ReadOnlySpan<char> stem)
    {
        foreach (string prefix in CopyPrefixes)
        {
            stem = stem.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? stem[prefix.Length..] : stem;
        }

        // A date or a number may come first.
        stem = stem.TrimStart("0123456789-_. ()");
        foreach (Category category in Categories.Named)
        {
            if (BeginsWith(stem, category.Name()))
            {
                return category;
            }
        }

        return null;
    }

    /// <summary>Whether a stem begins with a name that no further letter follows. Words may be separated by a hyphen or a blank.</summary>
    private static bool BeginsWith(ReadOnlySpan<char> stem, string name)
    {
        if (stem.Length < name.Length || (stem.Length > name.Length && char.IsLetter(stem[name.Length])))
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            bool isEqual = name[i] == '_' ? stem[i] is '_' or '-' or ' ' : char.ToLowerInvariant(stem[i]) == name[i];
            if (!isEqual)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The category that a stem most likely means; null without a likely one.</summary>
    private static Category? Guess(string stem)
    {
        string letters = string.Concat(stem.Where(char.IsLetter)).ToLowerInvariant();
        foreach (Category category in Categories.Named)
        {
            string name = category.Name().Replace("_", "", StringComparison.Ordinal);
            if (letters.Contains(name.TrimEnd('s'), StringComparison.Ordinal))
            {
                return category;
            }
        }

        foreach ((string word, Category category) in Synonyms)
        {
            if (letters == word || (word.Length > 3 && letters.Contains(word, StringComparison.Ordinal)))
            {
                return category;
            }
        }

        return Suggestion.For(letters, Categories.Named.Select(c => c.Name())) is { } near ? Categories.Parse(near) : null;
    }
}
