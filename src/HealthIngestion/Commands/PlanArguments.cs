using System.CommandLine;
using FastIngest.Net;
using FastIngest.Storage;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Settings;

namespace HealthIngestion.Commands;

/// <summary>The options of a planned run as a command line of <c>ingest</c> or <c>lexicon ingest</c>, which the plan holds and every step reads.</summary>
internal static class PlanArguments
{
    /// <summary>Writes a command line in the order of the options' help, so that the same options give the same words.</summary>
    /// <param name="options">The options.</param>
    /// <param name="planned">Those that a plan takes.</param>
    /// <param name="arguments">The command line of the plan.</param>
    /// <exception cref="UsageException">A target holds a password, or takes no summaries.</exception>
    public static List<string> Of(HealthOptions options, IEnumerable<Option> planned, ParseResult arguments)
    {
        List<string> words = Words(planned, arguments);
        if (arguments.GetValue(options.To) is not { Length: > 0 })
        {
            words.Add($"{options.To.Name}={Settings.Targets.DefaultDatabase().Name}");
        }

        foreach (string word in words.Where(w => w.StartsWith(options.To.Name + "=", StringComparison.Ordinal)))
        {
            string target = word[(options.To.Name.Length + 1)..];
            RejectPassword(target);
            Settings.Targets.Parse(options.To.Name, target, TargetCapability.Summaries);
        }

        words.Add(options.NoApi.Name);
        words.Add("--");
        string[] paths = arguments.GetValue(options.Paths)!;
        RejectUser("PATH", paths);
        words.AddRange(paths);
        return words;
    }

    /// <summary>Writes a command line of <c>lexicon ingest</c>.</summary>
    /// <param name="options">The options.</param>
    /// <param name="planned">Those that a plan takes.</param>
    /// <param name="settings">What they mean.</param>
    /// <param name="arguments">The command line of the plan.</param>
    /// <exception cref="UsageException">A target or the file holds a password.</exception>
    public static List<string> Of(DictionaryOptions options, IEnumerable<Option> planned, LexiconSettings settings, ParseResult arguments)
    {
        List<string> words = Words(planned, arguments);
        if (arguments.GetValue(options.To) is not { Length: > 0 })
        {
            words.AddRange(settings.Targets.Select(t => $"{options.To.Name}={t.Name}"));
        }

        foreach (Target target in settings.Targets)
        {
            RejectPassword(target.Name);
        }

        RejectUser(options.File.Name, [settings.Options.Path]);
        return words;
    }

    /// <summary>Reads a command line of <c>lexicon ingest</c>.</summary>
    public static LexiconSettings ReadDictionary(IReadOnlyList<string> words)
    {
        LexiconIngestCommand command = new();
        return LexiconSettings.From(command.Options, Parsing.Parse(command.Spec, words, AllCommands.Table));
    }

    /// <exception cref="UsageException">A target is standard output.</exception>
    public static void RejectStandardOutput(IEnumerable<Target> targets)
    {
        if (targets.Any(t => t.IsStandardOutput))
        {
            throw new UsageException("--to names standard output, which the last step may not share with the one that plans; name a file");
        }
    }

    /// <summary>What the tasks write would be input of the next plan, which could then not be the same.</summary>
    public static void RejectWorkInInput(string work, string[] paths)
    {
        bool isRemote = RemotePath.Is(work);
        string folder = isRemote ? work + "/" : Path.GetFullPath(work) + "/";
        string? parent = Array.Find(paths, p => RemotePath.Is(p) == isRemote && folder.StartsWith(isRemote ? p.TrimEnd('/') + "/" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(p)) + "/", StringComparison.Ordinal));
        if (parent is not null)
        {
            throw new UsageException($"--work {work} lies in {parent}, which is read as input; choose another folder");
        }
    }

    /// <summary>Reads a command line of <c>ingest</c>.</summary>
    public static IngestSettings Read(IReadOnlyList<string> words)
    {
        IngestCommand command = new();
        return IngestSettings.From(command.Options, Parsing.Parse(command.Spec, words, AllCommands.Table));
    }

    /// <summary>Returns the given options in the order of the help.</summary>
    private static List<string> Words(IEnumerable<Option> planned, ParseResult arguments)
    {
        List<string> words = [];
        foreach (Option option in planned)
        {
            if (arguments.GetResult(option) is { Implicit: false } given)
            {
                words.AddRange(option.Arity.MaximumNumberOfValues == 0 ? [option.Name] : given.Tokens.Select(t => $"{option.Name}={t.Value}"));
            }
        }

        return words;
    }

    private static void RejectUser(string name, string[] paths)
    {
        if (Array.Exists(paths, RemotePath.HasUser))
        {
            throw new UsageException($"{name} holds a user or a password, which the plan would leave on shared storage: plan files that can be read without one, or s3://, whose key is in the environment");
        }
    }

    /// <summary>The work folder is on shared storage, where a password has no place.</summary>
    private static void RejectPassword(string target)
    {
        if (!TargetRegistry.All.MayHoldSecret(target))
        {
            return;
        }

        int slashes = target.IndexOf("//", StringComparison.Ordinal);
        string authority = slashes < 0 ? "" : target[(slashes + 2)..].Split('/', '?')[0];
        string user = authority[..Math.Max(0, authority.LastIndexOf('@'))];
        if (user.Contains(':', StringComparison.Ordinal)
            || target.Contains("password", StringComparison.OrdinalIgnoreCase) || target.Contains("pwd", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException("--to holds a password, which the plan would leave on shared storage: leave it out, and give finish PGPASSWORD or PGPASSFILE in its environment");
        }
    }
}
