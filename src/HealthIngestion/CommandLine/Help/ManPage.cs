using System.CommandLine;
using System.Text;

namespace HealthIngestion.CommandLine.Help;

/// <summary>The man page in the roff of man(7), from the same specifications as help.</summary>
internal static class ManPage
{
    public static string Of(CommandTable commands)
    {
        CommandSpec[] all = [.. commands.Shown.Where(e => !e.IsFamily).Select(e => e.Make().Spec)];
        StringBuilder text = new();
        text.Append($".TH HEALTH_INGESTION 1 \"\" \"health_ingestion {Escape(VersionText.Version)}\" \"User Commands\"\n");
        text.Append(".SH NAME\nhealth_ingestion \\- daily summaries from exports of health data, clean entries from dictionaries\n.SH SYNOPSIS\n");
        text.Append($".B health_ingestion\n[{all[0].Name}] {Escape(all[0].Usage)}\n.br\n.B health_ingestion\nCOMMAND [options]\n");
        text.Append($".SH DESCRIPTION\n{Escape(HelpText.Introduction)}\n.SH COMMANDS\n");
        foreach (CommandSpec spec in all)
        {
            Append(text, spec);
        }

        text.Append(".SH EXAMPLES\n");
        Lines(text, all.SelectMany(s => s.Examples));
        text.Append(".SH ENVIRONMENT\nAn option overrides the environment.\n");
        Lines(text, all.SelectMany(s => s.Environment).DistinctBy(l => l.Left));
        text.Append(".SH EXIT STATUS\n");
        Lines(text, HelpText.ExitCodes);
        return text.ToString();
    }

    private static void Append(StringBuilder text, CommandSpec spec)
    {
        text.Append($".SS {Escape($"{spec.Name} {spec.Usage}".TrimEnd())}\n{Escape(Sentence(spec.Description))}\n");
        text.Append(spec.Note.Length > 0 ? $".PP\n{Escape(Sentence(spec.Note))}\n" : "");
        Lines(text, spec.Command.Arguments.Select(a => new HelpLine(a.Name, a.Description!)));
        foreach (Option option in spec.Groups.SelectMany(g => g.Options).Where(o => !o.Hidden))
        {
            text.Append($".TP\n.B {Escape(HelpText.NameOf(option))}\n{Escape(option.Description!)}\n");
        }
    }

    private static void Lines(StringBuilder text, IEnumerable<HelpLine> lines)
    {
        foreach ((string left, string right) in lines)
        {
            text.Append(right.Length > 0 ? $".TP\n.B {Escape(left)}\n{Escape(right)}\n" : $".PP\n.B {Escape(left)}\n");
        }
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}{(text[^1] == '.' ? "" : ".")}";

    /// <summary>Backslashes and hyphens are printed as they are, and no line begins with a control character.</summary>
    private static string Escape(string text)
    {
        string plain = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return plain.Length > 0 && plain[0] is '.' or '\'' ? "\\&" + plain : plain;
    }
}
