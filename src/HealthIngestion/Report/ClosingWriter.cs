using System.Text;
using System.Text.Json;
using HealthIngestion.Terminal;
using Spectre.Console;

namespace HealthIngestion.Report;

/// <summary>Puts the closing report on standard error: framed on a terminal, aligned elsewhere, one object in a JSON log.</summary>
internal static class ClosingWriter
{
    /// <param name="closing">What people read.</param>
    /// <param name="figures">What machines read in a JSON log.</param>
    /// <param name="log">Where it goes.</param>
    public static void Write(ClosingReport closing, Action<Utf8JsonWriter> figures, Log log)
    {
        if (log.Format == LogFormat.Json)
        {
            log.Info("done", string.Join("; ", closing.Sentences), figures);
        }
        else if (ErrorTerminal.IsInteractive)
        {
            WriteFramed(closing);
        }
        else
        {
            log.Block(LogLevel.Info, "done", Plain(closing));
        }
    }

    public static string Plain(ClosingReport closing)
    {
        StringBuilder text = new();
        text.Append('\n').Append(closing.Categories.ToPlainText()).Append('\n');
        if (closing.Sinks is not null)
        {
            text.Append(closing.Sinks.ToPlainText()).Append('\n');
        }

        text.AppendJoin('\n', closing.Sentences.Select(Log.OneLine)).Append('\n');
        return text.ToString();
    }

    private static void WriteFramed(ClosingReport closing)
    {
        IAnsiConsole console = ErrorConsole.Create();
        ErrorConsole.Write(console, closing.Categories);
        if (closing.Sinks is not null)
        {
            ErrorConsole.Write(console, closing.Sinks);
        }

        foreach (string sentence in closing.Sentences)
        {
            // Not through Spectre, which would break a command that is to be copied.
            ErrorTerminal.Writer.WriteLine(Log.OneLine(sentence));
        }
    }
}
