using System.CommandLine;

namespace HealthIngestion.CommandLine.Completion;

/// <summary>What the completion scripts of all shells are made from: the commands, their options, and what values can be.</summary>
/// <param name="Commands">The commands that do something, the default one first.</param>
/// <param name="Families">The families with their descriptions; their members are among <paramref name="Commands"/>.</param>
internal sealed record CompletionModel(IReadOnlyList<CompletedCommand> Commands, IReadOnlyList<CompletedWord> Families)
{
    public static CompletionModel Of(CommandTable table) => new(
        [.. table.Shown.Where(e => !e.IsFamily).Select(CompletedCommand.Of)],
        [.. table.Shown.Where(e => e.IsFamily).Select(e => new CompletedWord(e.Name, e.Make().Spec.Description))]);

    /// <summary>What can be the first word.</summary>
    public IEnumerable<CompletedWord> FirstWords => Commands.Where(c => c.Family.Length == 0).Select(c => new CompletedWord(c.Word, c.Description)).Concat(Families);

    /// <summary>What can follow the name of a family.</summary>
    public IEnumerable<CompletedWord> WordsOf(string family) => Commands.Where(c => c.Family == family).Select(c => new CompletedWord(c.Word, c.Description));
}

/// <param name="Word">A word that the shell offers.</param>
/// <param name="Description">What it stands for.</param>
internal sealed record CompletedWord(string Word, string Description);

/// <param name="Family">The family that the command belongs to; empty for none.</param>
/// <param name="Word">The last word of its name.</param>
/// <param name="Alias">One word that runs the same command; null for none.</param>
/// <param name="Description">What the command does.</param>
/// <param name="Options">The options that help shows.</param>
/// <param name="Argument">What stands outside options.</param>
internal sealed record CompletedCommand(
    string Family, string Word, string? Alias, string Description, IReadOnlyList<CompletedOption> Options, CompletedValue Argument)
{
    public string Name => Family.Length == 0 ? Word : $"{Family} {Word}";

    public static CompletedCommand Of(CommandEntry entry)
    {
        CommandSpec spec = entry.Make().Spec;
        Argument? argument = spec.Command.Arguments.Count == 0 ? null : spec.Command.Arguments[0];
        return new CompletedCommand(
            entry.Family.ToString(),
            entry.Word.ToString(),
            entry.Alias,
            spec.Description,
            [.. spec.Groups.SelectMany(g => g.Options).Where(o => !o.Hidden).Select(CompletedOption.Of)],
            CompletedValue.Of(argument, argument?.Name));
    }
}

/// <param name="Name">The option, such as <c>--to</c>.</param>
/// <param name="Description">The first words of its description.</param>
/// <param name="ValueName">What help calls its value; null for a flag.</param>
/// <param name="IsRepeatable">Whether it can be given more than once.</param>
/// <param name="Value">What the value can be.</param>
internal sealed record CompletedOption(string Name, string Description, string? ValueName, bool IsRepeatable, CompletedValue Value)
{
    private static readonly string[] Ends = ["; ", ": ", " (default"];

    public static CompletedOption Of(Option option)
    {
        string description = option.Description!;
        int end = Ends.Select(e => description.IndexOf(e, StringComparison.Ordinal)).Where(i => i > 0).DefaultIfEmpty(description.Length).Min();
        return new CompletedOption(
            option.Name, description[..end], option.HelpName, option.Arity.MaximumNumberOfValues > 1, CompletedValue.Of(option, option.HelpName));
    }
}

/// <summary>What the value of an option or an argument can be.</summary>
/// <param name="Words">The words that it is one of, or begins with.</param>
/// <param name="ArePrefixes">Whether more follows such a word.</param>
/// <param name="Paths">The paths that it can be, or that can follow a prefix.</param>
/// <param name="IsCommand">Whether it is the name of a command.</param>
internal sealed record CompletedValue(IReadOnlyList<string> Words, bool ArePrefixes, CompletedPaths Paths, bool IsCommand)
{
    /// <summary>Help names the value after its kind, and so does this.</summary>
    public static CompletedValue Of(Symbol? symbol, string? valueName)
    {
        IWordValue? words = symbol as IWordValue;
        CompletedPaths paths = valueName switch { "FILE" or "PATH" => CompletedPaths.All, "DIR" => CompletedPaths.Directories, _ => CompletedPaths.None };
        return new CompletedValue(words?.Words ?? [], words?.ArePrefixes ?? false, paths, valueName == "COMMAND");
    }
}

internal enum CompletedPaths
{
    None,
    All,
    Directories,
}
