namespace FastIngest;

/// <summary>The file in which <c>generate</c> lists what it made in a folder. It is no input, and no report names it.</summary>
internal static class GeneratedMarker
{
    public const string FileName = ".fastingest-generated";
}
