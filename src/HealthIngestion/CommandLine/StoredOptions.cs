using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>The options of commands that work on what a database holds.</summary>
internal sealed class StoredOptions
{
    private const string Scheme = "postgres";

    public Option<string?> Source { get; } = new("--source")
    {
        HelpName = "ID",
        Description = "the dictionary (default: all)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> To { get; } = new("--to")
    {
        HelpName = "URL",
        Description = "the database, postgres://USER@HOST/DATABASE (default: $DATABASE_URL)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string> Schema { get; } = ConsoleOptions.Schema();

    public Option<int> Workers { get; } = new("--workers")
    {
        HelpName = "N",
        Description = "threads that clean entries, 1 to 16 (default: 4)",
        CustomParser = Values.Integer(1, 16),
        DefaultValueFactory = _ => 4,
    };

    /// <summary>The database that is asked for.</summary>
    /// <exception cref="UsageException">None is, or another kind.</exception>
    public string Target(ParseResult arguments)
    {
        string target = arguments.GetValue(To) ?? RunSettings.DatabaseUrl()
            ?? throw new UsageException("no database is named: give --to postgres://USER@HOST/DATABASE, or set DATABASE_URL");
        return target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? target
            : throw new UsageException("--to: only a PostgreSQL database is worked on in place; write postgres://USER@HOST/DATABASE");
    }
}
