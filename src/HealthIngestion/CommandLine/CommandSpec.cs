using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>A command together with what its help says beyond the options themselves.</summary>
internal sealed class CommandSpec(string name, string description)
{
    private readonly List<OptionGroup> _groups = [];

    public Command Command { get; } = new(name, description);

    public string Name => Command.Name;

    /// <summary>What follows the command's name, such as <c>[PATH...] [options]</c>.</summary>
    public required string Usage { get; init; }

    public required IReadOnlyList<HelpLine> Examples { get; init; }

    public IReadOnlyList<HelpLine> Environment { get; init; } = [];

    public IReadOnlyList<OptionGroup> Groups => _groups;

    public IEnumerable<Option> Options => _groups.SelectMany(g => g.Options);

    public void AddGroup(string title, params Option[] options)
    {
        _groups.Add(new OptionGroup(title, options));
        foreach (Option option in options)
        {
            Command.Options.Add(option);
        }
    }
}

internal sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);

internal sealed record HelpLine(string Left, string Right);
