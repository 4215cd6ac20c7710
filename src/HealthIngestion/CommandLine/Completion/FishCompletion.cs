using System.Text;

namespace HealthIngestion.CommandLine.Completion;

/// <summary>The completion script for fish, a file <c>health_ingestion.fish</c> in its folder <c>completions</c>.</summary>
internal static class FishCompletion
{
    private const string Condition = "__health_ingestion_is";

    private const string Urls = """
        function __health_ingestion_url --description 'Prefixes of targets, then the files that a prefix can precede'
            set -l value (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
            set -l scheme (string match -r '^(?:sqlite|ndjson):' -- "$value")
            if test -z "$scheme"
                printf '%s\n' $argv
                return
            end
            set -l start (string replace -r '^[a-z]+:' '' -- "$value")
            for path in $start*
                test -d $path; and set path $path/
                echo $scheme$path
            end
        end


        """;

    public static string Script(CompletionModel model)
    {
        StringBuilder text = new();
        text.Append("# Completes health_ingestion in fish: save this as ~/.config/fish/completions/health_ingestion.fish.\n");
        text.Append($"function {Condition} --description 'Whether the command line is of one of some commands'\n");
        text.Append("    set -l words (commandline -opc)\n    set -l command (string join ' ' -- $words[2])\n    switch \"$command\"\n");
        foreach (CompletedWord family in model.Families)
        {
            text.Append($"        case {family.Word}\n            set command (string join ' ' -- $words[2..3])\n");
        }

        foreach (CompletedCommand command in model.Commands.Where(c => c.Alias is not null))
        {
            text.Append($"        case {command.Alias}\n            set command '{command.Name}'\n");
        }

        text.Append($"        case {string.Join(' ', model.Commands.Where(c => c.Family.Length == 0).Select(c => c.Word))}\n        case ''\n            set command first\n");
        text.Append($"        case '*'\n            set command {model.Commands[0].Name}\n    end\n    contains -- \"$command\" $argv\nend\n\n");
        text.Append(Urls).Append("complete -c health_ingestion -f\n");
        AppendWords(text, "first", model.FirstWords);
        foreach (string family in model.Families.Select(f => f.Word))
        {
            AppendWords(text, family, model.WordsOf(family));
        }

        for (int i = 0; i < model.Commands.Count; i++)
        {
            Append(text, model.Commands[i], i == 0 ? $"first {model.Commands[i].Name}" : Quote(model.Commands[i].Name), model);
        }

        return text.ToString();
    }

    private static void AppendWords(StringBuilder text, string condition, IEnumerable<CompletedWord> words)
    {
        foreach (CompletedWord word in words)
        {
            text.Append($"complete -c health_ingestion -n {Quote($"{Condition} {condition}")} -a {word.Word} -d {Quote(word.Description)}\n");
        }
    }

    private static void Append(StringBuilder text, CompletedCommand command, string condition, CompletionModel model)
    {
        string start = $"complete -c health_ingestion -n \"{Condition} {condition}\"";
        foreach (CompletedOption option in command.Options)
        {
            string value = option.ValueName is null ? "" : " -r" + Values(option.Value, "-f");
            text.Append($"{start} -l {option.Name[2..]}{value} -d {Quote(option.Description)}\n");
        }

        text.Append($"{start} -l help -d 'show all options'\n");
        if (command.Argument.IsCommand)
        {
            AppendWords(text, command.Name, model.FirstWords);
        }
        else if (Values(command.Argument, "") is { Length: > 0 } values)
        {
            text.Append($"{start}{values}\n");
        }
    }

    /// <param name="value">What the value can be.</param>
    /// <param name="none">The flag where nothing is known of the value.</param>
    private static string Values(CompletedValue value, string none) =>
        value.ArePrefixes ? $" -f -a {Quote($"(__health_ingestion_url {string.Join(' ', value.Words)})")}"
        : value.Words.Count > 0 ? $" -f -a {Quote(string.Join(' ', value.Words))}"
        : value.Paths == CompletedPaths.All ? " -F"
        : value.Paths == CompletedPaths.Directories ? " -f -a '(__fish_complete_directories)'"
        : none.Length > 0 ? " " + none
        : "";

    private static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
