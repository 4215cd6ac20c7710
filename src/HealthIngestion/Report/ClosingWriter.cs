using System.Text;
using System.Text.Json;
using HealthIngestion.Formatting;
using HealthIngestion.Terminal;
using Spectre.Console;

namespace HealthIngestion.Report;

/// <summary>Writes the closing report to standard error: framed on a terminal, aligned elsewhere, one object in a JSON log.</summary>
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
        else
        {
            Write(closing, log);
        }
    }

    /// <summary>The same for a delivery alone.</summary>
    public static void Write(IReadOnlyList<DeliveryOutcome> deliveries, Log log)
    {
        ClosingReport closing = ClosingReport.Of(deliveries);
        if (log.Format == LogFormat.Json)
        {
            log.Info("done", string.Join("; ", closing.Sentences), json => DeliveryWords.Write(json, deliveries));
        }
        else
        {
            Write(closing, log);
        }
    }

    private static void Write(ClosingReport closing, Log log)
    {
        if (ErrorTerminal.IsInteractive)
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
        text.Append('\n');
        foreach (FigureTable table in closing.Tables)
        {
            text.Append(table.ToPlainText()).Append('\n');
        }

        text.AppendJoin('\n', closing.Sentences.Select(Log.OneLine)).Append('\n');
        return text.ToString();
    }

    private static void WriteFramed(ClosingReport closing)
    {
        IAnsiConsole console = ErrorConsole.Create();
        foreach (FigureTable table in closing.Tables)
        {
            ErrorConsole.Write(console, table);
        }

        foreach (string sentence in closing.Sentences)
        {
            // Not through Spectre, which would break a command that is to be copied.
            ErrorTerminal.Writer.WriteLine(Log.OneLine(sentence));
        }
    }
}
