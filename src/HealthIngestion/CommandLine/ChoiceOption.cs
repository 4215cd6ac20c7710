using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>A value that shells can complete: it is one of a few words, or begins with one.</summary>
internal interface IWordValue
{
    IReadOnlyList<string> Words { get; }

    /// <summary>Whether more follows a word, as <c>my.db</c> follows <c>sqlite:</c>.</summary>
    bool ArePrefixes { get; }
}

/// <summary>An option whose value is one of a few words.</summary>
internal sealed class ChoiceOption<T> : Option<T>, IWordValue
{
    private readonly (string Word, T Value)[] _choices;

    public ChoiceOption(string name, params (string Word, T Value)[] choices)
        : base(name)
    {
        _choices = choices;
        CustomParser = Values.Choice(choices);
    }

    public IReadOnlyList<string> Words => Array.ConvertAll(_choices, c => c.Word);

    public bool ArePrefixes => false;
}

/// <summary>An argument that is one of a few words.</summary>
internal sealed class ChoiceArgument<T> : Argument<T>, IWordValue
{
    private readonly (string Word, T Value)[] _choices;

    public ChoiceArgument(string name, params (string Word, T Value)[] choices)
        : base(name)
    {
        _choices = choices;
        CustomParser = Values.Choice(choices);
    }

    public IReadOnlyList<string> Words => Array.ConvertAll(_choices, c => c.Word);

    public bool ArePrefixes => false;
}

/// <summary>An option whose value begins with one of a few words, such as the scheme of a URL.</summary>
internal sealed class PrefixOption<T>(string name, params string[] prefixes) : Option<T>(name), IWordValue
{
    public IReadOnlyList<string> Words => prefixes;

    public bool ArePrefixes => true;
}
