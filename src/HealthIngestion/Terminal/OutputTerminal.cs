namespace HealthIngestion.Terminal;

/// <summary>What is known of the terminal behind standard output, if there is one.</summary>
internal static class OutputTerminal
{
    private const int Descriptor = 1;

    /// <summary>Columns; 80 where standard output is no terminal.</summary>
    public static int Width => ErrorTerminal.WidthOf(Descriptor);

    /// <summary>Whether texts may have colours: standard output is a terminal that knows them, and NO_COLOR is not set.</summary>
    public static bool HasColor =>
        !Console.IsOutputRedirected && ErrorTerminal.HasColor && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
