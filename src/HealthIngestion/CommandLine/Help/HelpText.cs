using System.CommandLine;
using System.Text;

namespace HealthIngestion.CommandLine.Help;

/// <summary>Help, made from the options themselves, so that both always agree.</summary>
internal static class HelpText
{
    private const int Width = 100;

    /// <summary>Characters left of a description, at most.</summary>
    private const int MaxLeft = 72;

    public const string Introduction =
        "health_ingestion turns JSON exports of health data into a database of daily summaries,\nand dictionaries into a database of clean entries.";

    public const string EnvironmentTitle = "Environment (an option overrides it)";

    public static IReadOnlyList<HelpLine> ExitCodes { get; } =
    [
        new("0", "done"),
        new("1", "failed: one line says why, and nothing is half-written"),
        new("2", "wrong usage"),
        new("3", "all records of a file were rejected; or --strict, and something was not read"),
        new("4", "some summaries could not be delivered; they stay stored, and push sends them"),
        new("75", "a task of a planned run cannot go on now, but may later"),
        new("130, 143", "stopped by SIGINT, by SIGTERM"),
    ];

    /// <summary>The overview that <c>health_ingestion --help</c> prints.</summary>
    public static string Overview(CommandTable commands)
    {
        (CommandEntry Entry, CommandSpec Spec)[] all = [.. commands.Shown.Where(e => !e.IsFamily).Select(e => (e, e.Make().Spec))];
        CommandSpec first = all[0].Spec;
        StringBuilder text = new();
        text.Append($"{Introduction}\n\nUsage:\n  health_ingestion [{first.Name}] {first.Usage}\n  health_ingestion COMMAND [options]\n");
        Section(text, "Commands", [.. all.Select(c => new HelpLine(c.Spec.Name, c.Spec.Description))]);
        Section(text, "Most used options", first.MostUsed);
        Section(text, "Examples", [.. first.Examples, .. all.Skip(1).Select(c => c.Spec.Examples[0])]);
        Section(text, EnvironmentTitle, first.Environment);
        Section(text, "Exit codes", ExitCodes);
        return text.ToString();
    }

    /// <summary>Everything about one command.</summary>
    public static string Of(CommandEntry entry, CommandTable commands)
    {
        CommandSpec spec = entry.Make().Spec;
        StringBuilder text = new();
        text.Append($"health_ingestion {spec.Name}: {spec.Description}\n\nUsage: health_ingestion {spec.Name} {spec.Usage}".TrimEnd()).Append('\n');
        text.Append(spec.Note.Length > 0 ? spec.Note + "\n" : "");
        if (spec.Command.Arguments.Count > 0)
        {
            text.Append('\n');
            Lines(text, spec.Command.Arguments.Select(a => new HelpLine(a.Name, a.Description!)));
        }

        if (entry.IsFamily)
        {
            Section(text, "Commands", [.. commands.MembersOf(entry.Name).Select(e => e.Make().Spec).Select(s => new HelpLine(s.Name, s.Description))]);
        }

        foreach (OptionGroup group in spec.Groups)
        {
            Section(text, group.Title, group.Options);
        }

        Section(text, "Examples", spec.Examples);
        Section(text, EnvironmentTitle, spec.Environment);
        Section(text, "Exit codes", ExitCodes);
        return text.ToString();
    }

    /// <summary>An option with its value, such as <c>--to URL</c>.</summary>
    public static string NameOf(Option option) => option.HelpName is null ? option.Name : $"{option.Name} {option.HelpName}";

    private static void Section(StringBuilder text, string title, IEnumerable<Option> options) => Section(
        text,
        title,
        [.. options.Where(o => !o.Hidden).Select(o => new HelpLine(NameOf(o), o.Description!))]);

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

        // A long line, such as an example, has its description below it.
        int column = 4 + all.Select(l => l.Left.Length).Where(l => l <= MaxLeft).DefaultIfEmpty(MaxLeft).Max();
        foreach ((string left, string right) in all)
        {
            text.Append("  ").Append(left);
            if (left.Length > MaxLeft)
            {
                text.Append('\n').Append(' ', column);
            }
            else
            {
                text.Append(' ', column - 2 - left.Length);
            }

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
