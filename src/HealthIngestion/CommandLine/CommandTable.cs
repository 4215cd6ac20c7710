using FastIngest;

namespace HealthIngestion.CommandLine;

/// <summary>All commands, in the order in which help shows them. The first one runs when the arguments name none.</summary>
internal sealed class CommandTable(params CommandEntry[] entries)
{
    public CommandEntry Default => entries[0];

    /// <summary>The commands that help and completion show.</summary>
    public IEnumerable<CommandEntry> Shown => entries.Where(e => !e.IsHidden);

    /// <summary>The command that the first arguments name, and how many of them do; the default command and 0 when they name none.</summary>
    public (CommandEntry Entry, int Words) Find(ReadOnlySpan<string> arguments)
    {
        (CommandEntry Entry, int Words) found = (Default, 0);
        foreach (CommandEntry entry in entries)
        {
            int words = entry.CountWords(arguments);
            if (words > found.Words)
            {
                found = (entry, words);
            }
        }

        return found;
    }

    /// <summary>The commands of a family.</summary>
    public IEnumerable<CommandEntry> MembersOf(string family) => Shown.Where(e => e.Family.SequenceEqual(family));

    /// <summary>What to say of a word that names no command; null when no command is near.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="family">The family that was typed before it; empty for none.</param>
    public string? DescribeUnknown(string word, string family = "")
    {
        IEnumerable<string> words = Shown.Where(e => e.Family.SequenceEqual(family)).Select(e => e.Word.ToString());
        IEnumerable<string> aliases = family.Length == 0 ? Shown.Select(e => e.Alias).OfType<string>() : [];
        string prefix = family.Length == 0 ? "" : family + " ";
        return Suggestion.For(word, words.Concat(aliases)) is { } near ? $"Unknown command '{prefix}{word}'. Did you mean {prefix}{near}?" : null;
    }

    /// <summary>The names of the commands that take an option.</summary>
    public IEnumerable<string> WithOption(string option) =>
        Shown.Where(e => e.Make().Spec.Groups.Any(g => g.Options.Any(o => !o.Hidden && o.Name == option))).Select(e => e.Name);
}
