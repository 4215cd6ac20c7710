namespace FastIngest;

/// <summary>Messages of other programs and libraries as part of ours.</summary>
internal static class FaultText
{
    /// <summary>The message in one line.</summary>
    public static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
