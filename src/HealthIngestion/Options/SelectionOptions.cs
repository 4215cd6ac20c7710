using System.CommandLine;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options that select users and days.</summary>
/// <param name="users">The description of <c>--user</c>.</param>
internal sealed class SelectionOptions(string users)
{
    public Option<string[]> User { get; } = new("--user")
    {
        HelpName = "ID",
        Description = users,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Values.AllNotEmpty,
    };

    public Option<DateOnly?> Since { get; } = Day("--since", "only days from this one on, such as 2024-01-31 (default: all days)");

    public Option<DateOnly?> Until { get; } = Day("--until", "only days up to this one, which is included (default: all days)");

    public Option[] All => [User, Since, Until];

    /// <summary>An option whose value is a day.</summary>
    public static Option<DateOnly?> Day(string name, string description) => new(name)
    {
        HelpName = "DATE",
        Description = description,
        CustomParser = Values.Date,
    };
}
