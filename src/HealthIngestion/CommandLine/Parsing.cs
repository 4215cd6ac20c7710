using System.CommandLine;
using System.CommandLine.Parsing;
using FastIngest;
using HealthIngestion.Exit;

namespace HealthIngestion.CommandLine;

/// <summary>Parses arguments, or says in one line what is wrong with them.</summary>
internal static class Parsing
{
    // Response files and bundled letters would give paths such as @2024 and options such as -abc a second meaning.
    private static readonly ParserConfiguration Configuration = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    /// <param name="spec">The command.</param>
    /// <param name="arguments">What follows its name.</param>
    /// <param name="commands">All commands, to say which of them has an option that this one lacks.</param>
    /// <exception cref="UsageException">The arguments cannot be understood.</exception>
    public static ParseResult Parse(CommandSpec spec, IReadOnlyList<string> arguments, CommandTable commands)
    {
        // What follows the name of a family is the name of its member, so that is what is misspelt, and not the options of that member.
        if (arguments is [[not '-', ..], ..] && commands.MembersOf(spec.Name).Any())
        {
            arguments = [arguments[0]];
        }

        RejectUnknownOptions(spec, arguments, commands);

        // The parser drops a first argument that is, or ends in, the command's own name; so that is what it gets.
        ParseResult result = spec.Command.Parse([spec.Command.Name, .. arguments], Configuration);
        if (result.Errors.Count > 0)
        {
            throw new UsageException(result.UnmatchedTokens.Count > 0
                ? $"Too many arguments: '{result.UnmatchedTokens[0]}'. Usage: health_ingestion {spec.Name} {spec.Usage}".TrimEnd()
                : Describe(spec, result.Errors[0]));
        }

        return result;
    }

    /// <summary>The parser would take an unknown option for a path, which makes errors far from their cause.</summary>
    private static void RejectUnknownOptions(CommandSpec spec, IReadOnlyList<string> arguments, CommandTable commands)
    {
        Dictionary<string, Option> known = spec.Options.ToDictionary(o => o.Name, StringComparer.Ordinal);
        Option? waiting = null;
        foreach (string argument in arguments)
        {
            if (waiting is not null && known.ContainsKey(argument))
            {
                throw new UsageException(NeedsValue(waiting));
            }

            if (waiting is not null || argument.Length < 2 || argument[0] != '-')
            {
                waiting = null;
                continue;
            }

            if (argument == "--")
            {
                return;
            }

            int end = argument.AsSpan().IndexOfAny('=', ':');
            string name = end < 0 ? argument : argument[..end];
            if (!known.TryGetValue(name, out Option? option))
            {
                throw new UsageException(DescribeUnknown(name, known.Values, spec, commands));
            }

            if (end >= 0 && option.Arity.MaximumNumberOfValues == 0)
            {
                throw new UsageException($"{name} takes no value");
            }

            waiting = end < 0 && option.Arity.MaximumNumberOfValues > 0 ? option : null;
        }
    }

    private static string NeedsValue(Option option) => $"{option.Name} needs a value: {option.Name} {option.HelpName}";

    /// <summary>An option of another command is named with it; otherwise the nearest option of this one, if any is near.</summary>
    private static string DescribeUnknown(string name, IEnumerable<Option> known, CommandSpec spec, CommandTable commands)
    {
        string[] others = [.. commands.WithOption(name)];
        if (others.Length > 0)
        {
            return $"Unknown option {name}: {spec.Name} does not take it, but {(others.Length == 1 ? others[0] + " does" : $"{string.Join(", ", others[..^1])} and {others[^1]} do")}";
        }

        string? near = Suggestion.For(name, known.Where(o => !o.Hidden).Select(o => o.Name).Append("--help").Append("--version"));
        return $"Unknown option {name}" + (near is null ? "" : $". Did you mean {near}?");
    }

    private static string Describe(CommandSpec spec, ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } result => NeedsValue(result.Option),
        OptionResult { IdentifierTokenCount: > 1 } result => $"{result.Option.Name} is given more than once",
        ArgumentResult { Tokens.Count: 0 } result => $"{spec.Name} needs {spec.Needs}: health_ingestion {spec.Name} {result.Argument.Name}",
        _ => error.Message,
    };
}
