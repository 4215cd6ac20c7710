using System.CommandLine;
using System.Text;

namespace HealthIngestion.CommandLine;

/// <summary>Help, written from the options themselves so that it cannot lag behind them.</summary>
internal static class HelpText
{
    private const int Width = 100;

    private static readonly HelpLine[] ExitCodes =
    [
        new("0", "done"),
        new("1", "failed: the reason is one line, and nothing is half-written"),
        new("2", "wrong usage"),
        new("3", "--strict, and records were rejected"),
        new("4", "some summaries could not be delivered; they stay stored, and push sends them"),
        new("130, 143", "stopped by SIGINT, by SIGTERM"),
    ];

    /// <summary>The overview that <c>health_ingestion --help</c> prints.</summary>
    public static string Overview(IngestSpec ingest, IReadOnlyList<CommandSpec> commands)
    {
        StringBuilder text = new();
        text.Append("health_ingestion turns JSON exports of health data into a database of daily summaries,\nand dictionaries into a database of clean entries.\n\n");
        text.Append("Usage:\n");
        Lines(text,
        [
            new("health_ingestion [ingest] [PATH...] [options]", ingest.Spec.Command.Description!),
            .. commands.Skip(1).Select(c => new HelpLine($"health_ingestion {c.Name} {c.Usage}", c.Command.Description!)),
            new("health_ingestion COMMAND --help", "all options of a command"),
            new("health_ingestion --version", "version, runtime and the CPU instructions in use"),
        ]);
        Section(text, "Most used options", [ingest.To, ingest.DryRun, ingest.Strict, ingest.Rejects, ingest.Workers, ingest.Quiet]);
        Section(text, "Examples", [.. ingest.Spec.Examples, .. commands.Skip(1).Select(c => c.Examples[0])]);
        Section(text, "Environment (a flag beats it)", ingest.Spec.Environment);
        Section(text, "Exit codes", ExitCodes);
        return text.ToString();
    }

    /// <summary>Everything about one command.</summary>
    public static string Of(CommandSpec spec)
    {
        StringBuilder text = new();
        text.Append($"health_ingestion {spec.Name}: {spec.Command.Description}\n\nUsage: health_ingestion {spec.Name} {spec.Usage}\n\n");
        Lines(text, spec.Command.Arguments.Select(a => new HelpLine(a.Name, a.Description!)));
        foreach (OptionGroup group in spec.Groups)
        {
            Section(text, group.Title, group.Options);
        }

        Section(text, "Examples", spec.Examples);
        Section(text, "Environment (a flag beats it)", spec.Environment);
        Section(text, "Exit codes", ExitCodes);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IEnumerable<Option> options) => Section(
        text,
        title,
        [.. options.Where(o => !o.Hidden).Select(o => new HelpLine(o.HelpName is null ? o.Name : $"{o.Name} {o.HelpName}", o.Description!))]);

    private static void Section(StringBuilder text, string title, IReadOnlyList<HelpLine> lines)
    {
        if (lines.Count > 0)
        {
            text.Append($"\n{title}:\n");
            Lines(text, lines);
        }
    }

    private static void Lines(StringBuilder text, IEnumerable<HelpLine> lines)
    {
        List<HelpLine> all = [.. lines];
        if (all.Count == 0)
        {
            return;
        }

        int column = 4 + all.Max(l => l.Left.Length);
        foreach ((string left, string right) in all)
        {
            text.Append("  ").Append(left).Append(' ', column - 2 - left.Length);
            Wrap(text, right, column);
        }
    }

    private static void Wrap(StringBuilder text, string words, int column)
    {
        int at = column;
        foreach (string word in words.Split(' '))
        {
            if (at > column && at + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', column);
                at = column;
            }
            else if (at > column)
            {
                text.Append(' ');
                at++;
            }

            text.Append(word);
            at += word.Length;
        }

        text.Append('\n');
    }
}
