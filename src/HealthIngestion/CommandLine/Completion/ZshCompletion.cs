using System.Text;

namespace HealthIngestion.CommandLine.Completion;

/// <summary>The completion script for zsh, a file <c>_health_ingestion</c> in a folder of <c>$fpath</c>.</summary>
internal static class ZshCompletion
{
    private const string Head = """
        #compdef health_ingestion
        # Completes health_ingestion in zsh: save this as _health_ingestion in a folder of $fpath.
        _health_ingestion_url() {
            if compset -P '(sqlite|ndjson):'; then
                _files
            else
                compadd -S '' -- "$@"
            fi
        }


        """;

    private const string Tail = """
        if [[ $funcstack[1] == _health_ingestion ]]; then
            _health_ingestion "$@"
        else
            compdef _health_ingestion health_ingestion
        fi

        """;

    public static string Script(CompletionModel model)
    {
        StringBuilder text = new(Head);
        text.Append("_health_ingestion_commands() {\n    local -a commands=(\n");
        AppendWords(text, model.FirstWords);
        text.Append("    )\n    _describe -t commands command commands\n}\n\n_health_ingestion() {\n");
        text.Append("    if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then\n        _alternative 'commands:command:_health_ingestion_commands' 'files:path:_files'\n        return\n    fi\n");
        text.Append("    local command=$words[2]\n    case $command in\n");
        foreach (string family in model.Families.Select(f => f.Word))
        {
            text.Append($"        {family})\n            if ((CURRENT == 3)); then\n                local -a commands=(\n");
            AppendWords(text, model.WordsOf(family));
            text.Append("                )\n                _describe -t commands command commands\n                return\n            fi\n            command=\"$command $words[3]\"\n            shift words\n            ((CURRENT--))\n            ;;\n");
        }

        text.Append("    esac\n    case $command in\n");
        foreach (CompletedCommand command in model.Commands)
        {
            string alias = command.Alias is null ? "" : "|" + command.Alias;
            text.Append($"        '{command.Name}'{alias})\n            shift words\n            ((CURRENT--))\n");
            AppendArguments(text, command);
            text.Append("            ;;\n");
        }

        text.Append("        *)\n");
        AppendArguments(text, model.Commands[0]);
        return text.Append("            ;;\n    esac\n}\n\n").Append(Tail).ToString();
    }

    private static void AppendWords(StringBuilder text, IEnumerable<CompletedWord> words)
    {
        foreach (CompletedWord word in words)
        {
            text.Append($"        {Quote($"{word.Word}:{word.Description}")}\n");
        }
    }

    private static void AppendArguments(StringBuilder text, CompletedCommand command)
    {
        text.Append("            _arguments");
        foreach (CompletedOption option in command.Options)
        {
            string repeat = option.IsRepeatable ? "*" : "";
            string value = option.ValueName is null ? "" : $":{option.ValueName}:{Action(option.Value)}";
            text.Append($" \\\n                {Quote($"{repeat}{option.Name}{(value.Length > 0 ? "=" : "")}[{Escape(option.Description)}]{value}")}");
        }

        text.Append($" \\\n                '--help[show all options]'");
        string argument = Action(command.Argument);
        text.Append(argument.Length > 0 ? $" \\\n                {Quote($"*:argument:{argument}")}\n" : "\n");
    }

    /// <summary>A blank before a function keeps the options away that zsh adds otherwise.</summary>
    private static string Action(CompletedValue value) =>
        value.IsCommand ? "_health_ingestion_commands"
        : value.ArePrefixes ? $" _health_ingestion_url {string.Join(' ', value.Words.Select(w => w.Replace(":", "\\:", StringComparison.Ordinal)))}"
        : value.Words.Count > 0 ? $"({string.Join(' ', value.Words)})"
        : value.Paths == CompletedPaths.All ? "_files"
        : value.Paths == CompletedPaths.Directories ? "_files -/"
        : "";

    /// <summary>Brackets end a description.</summary>
    private static string Escape(string text) =>
        text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
