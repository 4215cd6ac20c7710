using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>How a command is written, and what its help, its completion and the man page say of it.</summary>
/// <param name="name">One word, or a family and a word, such as <c>lexicon ingest</c>.</param>
/// <param name="description">What the command does, in a few words.</param>
internal sealed class CommandSpec(string name, string description)
{
    private readonly List<OptionGroup> _groups = [];

    public string Name => name;

    public string Description => description;

    /// <summary>What the parser works with; its name is the last word of <see cref="Name"/>.</summary>
    public Command Command { get; } = new(name[(name.LastIndexOf(' ') + 1)..], description);

    /// <summary>What follows the command's name, such as <c>[PATH...] [options]</c>.</summary>
    public required string Usage { get; init; }

    /// <summary>What the command cannot do without, such as <c>a directory</c>, for the message when its argument is missing.</summary>
    public string Needs { get; init; } = "an argument";

    /// <summary>A sentence below the usage; empty for none.</summary>
    public string Note { get; init; } = "";

    public required IReadOnlyList<HelpLine> Examples { get; init; }

    public IReadOnlyList<HelpLine> Environment { get; init; } = [];

    /// <summary>The options that the overview of all commands shows when this is the default command.</summary>
    public IReadOnlyList<Option> MostUsed { get; init; } = [];

    /// <summary>The options that help shows, by topic.</summary>
    public IReadOnlyList<OptionGroup> Groups => _groups;

    /// <summary>All options that the command takes.</summary>
    public IEnumerable<Option> Options => Command.Options;

    public void AddGroup(string title, params Option[] options) => AddGroup(new OptionGroup(title, options));

    public void AddGroup(OptionGroup group)
    {
        _groups.Add(group);
        Accept(group.Options);
    }

    /// <summary>Takes options without showing them, for older forms of a command line.</summary>
    public void Accept(params IReadOnlyList<Option> options)
    {
        foreach (Option option in options)
        {
            Command.Options.Add(option);
        }
    }
}

internal sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);

internal sealed record HelpLine(string Left, string Right);
