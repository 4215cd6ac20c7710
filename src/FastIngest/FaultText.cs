namespace FastIngest;

/// <summary>Formats messages of other programs and libraries as part of our messages.</summary>
internal static class FaultText
{
    /// <summary>Joins the lines of a message into one line.</summary>
    public static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
