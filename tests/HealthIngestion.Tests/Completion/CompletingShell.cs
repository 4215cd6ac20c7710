using System.Diagnostics;
using System.Text.RegularExpressions;

namespace HealthIngestion.Tests.Completion;

/// <summary>Asks a shell what it would offer at the end of a line, with the script that the program prints for it.</summary>
internal static class CompletingShell
{
    /// <summary>Sets the variables that bash sets, calls the function, prints what it offers.</summary>
    private const string Bash = """
        source <("$BINARY" completion bash)
        COMP_LINE=$1 COMP_POINT=${#1}
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _health_ingestion
        ((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
        """;

    private const string Fish = """
        $BINARY completion fish | source
        complete -C $argv[1]
        """;

    /// <summary>zsh completes only while it edits a line; so one zsh types into another one, whose matches go to a file.</summary>
    private const string Zsh = """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "source '$SETUP'"
        while zpty -r shell line; do [[ $line == *ready* ]] && break; done
        zpty -w -n shell "$1"$'\t'
        while zpty -r shell line; do :; done
        """;

    private const string ZshSetup = """
        PROMPT=
        autoload -Uz compinit
        compinit -u -D
        source <("$BINARY" completion zsh)
        bindkey '^I' complete-word
        zmodload zsh/zutil
        compadd() {
            # Calls that only fill arrays offer nothing.
            if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
                builtin compadd "$@"
                return $?
            fi
            local -a hits
            builtin compadd -A hits "$@"
            (($#hits)) && print -rl -- $hits >>"$MATCHES"
            builtin compadd "$@"
        }
        comppostfuncs=(exit)
        print ready
        """;

    public static string[] Complete(string shell, Workplace place, string line)
    {
        // Not in the folder that the shell completes from.
        using Workplace own = Workplace.Empty();
        File.WriteAllText(own["setup"], ZshSetup);
        File.WriteAllText(own["matches"], "");
        string[] arguments = shell switch
        {
            "bash" => ["--norc", "-c", Bash, "bash", line, .. Regex.Matches(line, @"[^\s=:]+|[=:]+|(?<=\s)$").Select(m => m.Value)],
            "fish" => ["--no-config", "-c", Fish, line],
            _ => ["-f", "-c", Zsh, "zsh", line],
        };
        (string, string)[] environment =
        [
            ("BINARY", HealthIngestionProcess.Path), ("SETUP", own["setup"]), ("MATCHES", own["matches"]), ("HOME", own.Directory), ("TERM", "xterm"),
        ];
        using Process process = HealthIngestionProcess.Start(shell, place.Directory, environment, arguments);
        Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

        Assert.Empty(outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        string offered = shell == "zsh" ? File.ReadAllText(own["matches"]) : outcome.Output;
        return [.. offered.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')[0])];
    }
}
