using System.Text;

namespace HealthIngestion.CommandLine.Completion;

/// <summary>The completion script for bash. It needs bash 4 and nothing else.</summary>
internal static class BashCompletion
{
    private const string Head = """
        # Completes health_ingestion in bash: source <(health_ingestion completion bash)
        _health_ingestion() {
            # bash also splits at = and : what the program takes as one word.
            local -a words=()
            local rest=$COMP_LINE part i
            for ((i = 0; i <= COMP_CWORD; i++)); do
                part=${COMP_WORDS[i]}
                if ((i > 0)) && [[ $rest != [[:space:]]* ]]; then
                    words[${#words[@]} - 1]+=$part
                else
                    words+=("$part")
                    rest=${rest#"${rest%%[![:space:]]*}"}
                fi
                rest=${rest#"$part"}
            done
            local current=${words[${#words[@]} - 1]} previous='' prefix=''
            ((${#words[@]} > 2)) && previous=${words[${#words[@]} - 2]}
            if [[ $current == --*=* ]]; then
                previous=${current%%=*}
                prefix=$previous=
                current=${current#*=}
            fi


        """;

    private const string Tail = """

            COMPREPLY=()
            if [[ -n $values ]]; then
                COMPREPLY=($(compgen -W "$values" -- "$current"))
            elif [[ -n $prefixes ]]; then
                if [[ $current == @(sqlite|ndjson):* ]]; then
                    prefix+=${current%%:*}:
                    current=${current#*:}
                    paths=-f
                else
                    COMPREPLY=($(compgen -W "$prefixes" -- "$current"))
                    compopt -o nospace 2>/dev/null
                fi
            elif [[ $current == -* && -z $is_value ]]; then
                COMPREPLY=($(compgen -W "$options" -- "$current"))
            elif [[ -z $is_value ]]; then
                COMPREPLY=($(compgen -W "$commands" -- "$current"))
            fi
            if [[ -n $paths ]]; then
                local path
                compopt -o filenames 2>/dev/null
                while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen $paths -- "$current")
            fi

            # bash replaces only what follows the last = or : of the word.
            local whole=$prefix$current kept
            kept=${whole%"${whole##*[=:]}"}
            for i in "${!COMPREPLY[@]}"; do
                part=$prefix${COMPREPLY[i]}
                COMPREPLY[i]=${part#"$kept"}
            done
        }
        complete -F _health_ingestion health_ingestion

        """;

    public static string Script(CompletionModel model)
    {
        StringBuilder text = new(Head);
        text.Append($"    local commands='' options='' values='' prefixes='' paths='' is_value='' command={model.Commands[0].Name}\n");
        text.Append($"    ((${{#words[@]}} == 2)) && commands='{Join(model.FirstWords.Select(w => w.Word))}'\n");
        text.Append("    if ((${#words[@]} > 2)); then\n        case ${words[1]} in\n");
        foreach (CompletedCommand command in model.Commands.Where(c => c.Family.Length == 0))
        {
            text.Append($"            {command.Word}) command={command.Word} ;;\n");
        }

        foreach (CompletedCommand command in model.Commands.Where(c => c.Alias is not null))
        {
            text.Append($"            {command.Alias}) command='{command.Name}' ;;\n");
        }

        foreach (string family in model.Families.Select(f => f.Word))
        {
            text.Append($"            {family})\n                command=\"{family} ${{words[2]}}\"\n");
            text.Append($"                ((${{#words[@]}} == 3)) && command={family} commands='{Join(model.WordsOf(family).Select(w => w.Word))}'\n                ;;\n");
        }

        text.Append("        esac\n    fi\n    case $command in\n");
        foreach (CompletedCommand command in model.Commands)
        {
            Append(text, command, model);
        }

        return text.Append("    esac\n").Append(Tail).ToString();
    }

    private static void Append(StringBuilder text, CompletedCommand command, CompletionModel model)
    {
        text.Append($"        '{command.Name}')\n            options='{Join(command.Options.Select(o => o.Name).Append("--help"))}'\n            case $previous in\n");
        foreach (CompletedOption option in command.Options.Where(o => o.ValueName is not null))
        {
            string values = Values(option.Value);
            text.Append($"                {option.Name}) is_value=1{(values.Length > 0 ? " " + values : "")} ;;\n");
        }

        string argument = command.Argument.IsCommand
            ? $"[[ -z $commands ]] && values='{Join(model.FirstWords.Select(w => w.Word))}'"
            : Values(command.Argument);
        text.Append(argument.Length > 0 ? $"                *) [[ $current != -* ]] && {argument} ;;\n" : "").Append("            esac\n            ;;\n");
    }

    private static string Values(CompletedValue value) =>
        value.ArePrefixes ? $"prefixes='{Join(value.Words)}'"
        : value.Words.Count > 0 ? $"values='{Join(value.Words)}'"
        : value.Paths == CompletedPaths.All ? "paths=-f"
        : value.Paths == CompletedPaths.Directories ? "paths=-d"
        : "";

    private static string Join(IEnumerable<string> words) => string.Join(' ', words);
}
