using System.Runtime.InteropServices;
using System.Text;

namespace HealthIngestion.Terminal;

/// <summary>How people watch a run.</summary>
internal enum ProgressStyle
{
    Auto,
    Plain,
    None,
}

/// <summary>What is known of the terminal behind standard error, if there is one.</summary>
internal static partial class ErrorTerminal
{
    private const int Descriptor = 2;
    private const nuint GetWindowSize = 0x5413;
    private const int DefaultWidth = 80;

    /// <summary>Standard error as UTF-8, written at once.</summary>
    public static TextWriter Writer { get; } =
        TextWriter.Synchronized(new StreamWriter(StandardStream.OpenError(), new UTF8Encoding(false), 1024) { AutoFlush = true });

    /// <summary>Whether standard error is a terminal that understands cursor movements.</summary>
    public static bool IsInteractive =>
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static bool HasColor => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Columns; .NET asks standard output, which may be a file while standard error is the terminal.</summary>
    public static int Width => WidthOf(Descriptor);

    /// <summary>The columns of the terminal behind a file descriptor; 80 where there is none.</summary>
    public static int WidthOf(int descriptor)
    {
        WindowSize size = default;
        bool isKnown = OperatingSystem.IsLinux() && Ioctl(descriptor, GetWindowSize, ref size) == 0 && size.Columns > 0;
        return isKnown ? size.Columns : DefaultWidth;
    }

    public static void ShowCursor() => Writer.Write("\e[?25h");

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int descriptor, nuint request, ref WindowSize size);

    private struct WindowSize
    {
        public ushort Rows, Columns, XPixels, YPixels;
    }
}
