namespace FastIngest.Lexicon.Cleaners;

/// <summary>Unicode normalization form C.</summary>
internal sealed class Normalize : ICleaner
{
    public static string Name => "nfc";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output) => false;
}
