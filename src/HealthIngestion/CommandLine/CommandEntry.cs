namespace HealthIngestion.CommandLine;

/// <summary>One line of the table of commands. The command and its options are made only when they are needed.</summary>
/// <param name="name">One word, or a family and a word, such as <c>lexicon ingest</c>.</param>
/// <param name="make">Makes the command.</param>
internal sealed class CommandEntry(string name, Func<ICommand> make)
{
    public string Name => name;

    /// <summary>One word that runs the same command; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether help, completion and suggestions leave the command out.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Whether the command only names a family, and the work is done by others.</summary>
    public bool IsFamily { get; init; }

    /// <summary>The family that the command belongs to; empty for none.</summary>
    public ReadOnlySpan<char> Family => name.AsSpan(0, Math.Max(0, name.IndexOf(' ', StringComparison.Ordinal)));

    /// <summary>The last word of the name.</summary>
    public ReadOnlySpan<char> Word => name.AsSpan(name.IndexOf(' ', StringComparison.Ordinal) + 1);

    public ICommand Make() => make();

    /// <summary>How many of the first arguments name this command; 0 when they name another one or none.</summary>
    public int CountWords(ReadOnlySpan<string> arguments)
    {
        if (arguments.IsEmpty)
        {
            return 0;
        }

        if (Family.IsEmpty ? arguments[0] == name : arguments[0] == Alias)
        {
            return 1;
        }

        return !Family.IsEmpty && arguments.Length > 1 && Family.SequenceEqual(arguments[0]) && Word.SequenceEqual(arguments[1]) ? 2 : 0;
    }
}
