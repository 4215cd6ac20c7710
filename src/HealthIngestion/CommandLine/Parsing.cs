using System.CommandLine;
using System.CommandLine.Parsing;
using FastIngest;

namespace HealthIngestion.CommandLine;

/// <summary>Turns arguments into a parse result, or into one line that says what is wrong with them.</summary>
internal static class Parsing
{
    // Response files and bundled letters would give paths such as @2024 and options such as -abc a second meaning.
    private static readonly ParserConfiguration Configuration = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    /// <exception cref="UsageException">The arguments cannot be obeyed.</exception>
    public static ParseResult Parse(CommandSpec spec, IReadOnlyList<string> arguments)
    {
        RefuseUnknownOptions(spec, arguments);

        // The parser drops a first argument that is, or ends in, the command's own name; so that is what it gets.
        ParseResult result = spec.Command.Parse([spec.Name, .. arguments], Configuration);
        if (result.Errors.Count > 0)
        {
            throw new UsageException(result.UnmatchedTokens.Count > 0
                ? $"too many arguments: '{result.UnmatchedTokens[0]}'"
                : Describe(result.Errors[0]));
        }

        return result;
    }

    /// <summary>The parser would take an unknown option for a path, which makes errors far from their cause.</summary>
    private static void RefuseUnknownOptions(CommandSpec spec, IReadOnlyList<string> arguments)
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
                string? near = Suggestion.For(name, known.Values.Where(o => !o.Hidden).Select(o => o.Name).Append("--help").Append("--version"));
                throw new UsageException($"unknown option {name}" + (near is null ? "" : $"; did you mean {near}?"));
            }

            if (end >= 0 && option.Arity.MaximumNumberOfValues == 0)
            {
                throw new UsageException($"{name} takes no value");
            }

            waiting = end < 0 && option.Arity.MaximumNumberOfValues > 0 ? option : null;
        }
    }

    private static string NeedsValue(Option option) => $"{option.Name} needs a value: {option.Name} {option.HelpName}";

    private static string Describe(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } result => NeedsValue(result.Option),
        OptionResult { IdentifierTokenCount: > 1 } result => $"{result.Option.Name} is given more than once",
        ArgumentResult { Tokens.Count: 0 } result => $"{result.Argument.Name} is missing: {result.Argument.Description}",
        _ => error.Message,
    };
}
