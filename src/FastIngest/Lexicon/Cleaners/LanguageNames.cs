using System.Text;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Replaces the English name of a language by its code.</summary>
internal sealed class LanguageNames : ICleaner
{
    private static readonly (byte[] Name, byte[] Code)[] Known =
    [
        .. new (string Name, string Code)[]
        {
            ("english", "en"), ("german", "de"), ("french", "fr"), ("spanish", "es"), ("italian", "it"), ("portuguese", "pt"), ("russian", "ru"),
            ("polish", "pl"), ("latin", "la"), ("greek", "el"), ("ancient greek", "grc"), ("sanskrit", "sa"), ("hindi", "hi"), ("persian", "fa"),
            ("dutch", "nl"), ("swedish", "sv"), ("norwegian", "no"), ("danish", "da"), ("icelandic", "is"), ("proto-indo-european", "ine-pro"),
        }.Select(l => (Encoding.UTF8.GetBytes(l.Name), Encoding.UTF8.GetBytes(l.Code))),
    ];

    /// <summary>The length of the shortest name. Most codes are shorter.</summary>
    private const int ShortestName = 5;

    public static string Name => "language-names";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        if (text.Length < ShortestName)
        {
            return false;
        }

        foreach ((byte[] name, byte[] code) in Known)
        {
            if (text.SequenceEqual(name))
            {
                output.Append(code);
                return true;
            }
        }

        return false;
    }
}
