namespace FastIngest;

/// <summary>Files that <c>generate</c> makes beside a data set. They are no input, and no report names them.</summary>
internal static class GeneratedMarker
{
    /// <summary>The file in which <c>generate</c> lists what it made in a folder.</summary>
    public const string FileName = ".fastingest-generated";

    /// <summary>The file with the days that a correct reader finds in generated exports.</summary>
    public const string ExpectedDays = "expected-days.ndjson";

    /// <summary>Whether a file is one of them. Expected days are it only beside a list.</summary>
    public static bool IsMadeBesideData(string path) =>
        Path.GetFileName(path) switch
        {
            FileName => true,
            ExpectedDays => File.Exists(Path.Combine(Path.GetDirectoryName(path) ?? "", FileName)),
            _ => false,
        };
}
