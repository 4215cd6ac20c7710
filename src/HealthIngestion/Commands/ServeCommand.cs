using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using FastIngest;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>
/// Checks what is asked for, and replaces this process by the program <c>health_ingestion_server</c> beside it: a web server would make
/// every start of this program slower, and the program several megabytes larger.
/// </summary>
internal sealed partial class ServeCommand : ICommand
{
    public const string Name = "serve";

    private const string Server = "health_ingestion_server", TokenVariable = "SERVE_TOKEN";

    private const int MinTokenCharacters = 16, NoSuchFile = 2, NoPermission = 13;

    public PrefixOption<string?> From { get; } = SharedOptions.From("the database", TargetCapability.Reader);

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public Option<string> Listen { get; } = new("--listen")
    {
        HelpName = "ADDR",
        Description = "the address and port to listen on, such as 0.0.0.0:8080 or [::1]:8080; the port 0 takes a free one (default: 127.0.0.1:8080)",
        CustomParser = Values.NotEmpty,
        DefaultValueFactory = _ => "127.0.0.1:8080",
    };

    public Option<string?> TokenFile { get; } = new("--token-file")
    {
        HelpName = "FILE",
        Description = "a file with the token that clients need, at least 16 characters; required off loopback (default: $SERVE_TOKEN, else none)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string[]> Host { get; } = new("--host")
    {
        HelpName = "NAME",
        Description = "a further name under which clients request the server, as in the header Host; repeatable (default: the address, and localhost)",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Values.AllNotEmpty,
    };

    public Option<double> Rate { get; } = new("--rate")
    {
        HelpName = "N",
        Description = "the most requests of a client in a second; 0 is no limit (default: 100)",
        CustomParser = result => result.Tokens[0].Value == "0" ? 0 : Values.Rate(result),
        DefaultValueFactory = _ => 100,
    };

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public ServeCommand()
    {
        Spec = new CommandSpec(Name, "show a database in the browser, and as a JSON API; read-only")
        {
            Usage = "[options]",
            Examples =
            [
                new("health_ingestion serve", "health.db at http://127.0.0.1:8080/"),
                new("SERVE_TOKEN=$TOKEN health_ingestion serve --listen 0.0.0.0:8080", "for other machines, with a token"),
            ],
            Environment =
            [
                SharedOptions.FromEnvironment,
                new(TokenVariable, "the token that clients need when no --token-file is given"),
            ],
        };
        Spec.AddGroup("What", From, Schema, Listen, TokenFile, Host, Rate);
        Spec.AddGroup("Console", Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        IPEndPoint address = Address(arguments.GetValue(Listen)!);
        Target database = Targets.From(arguments.GetValue(From), TargetCapability.Reader);
        string? token = Token(arguments.GetValue(TokenFile));
        if (token is null && !IPAddress.IsLoopback(address.Address))
        {
            throw new UsageException($"{address} can be reached from other machines, so that clients need a token: use --token-file FILE, or set {TokenVariable}");
        }

        _ = Faults.AsUsage("--from", () => database.CreateReader(new TargetOptions { Schema = arguments.GetValue(Schema) }));
        StoredDatabase.RejectMissing(database);
        ServeSettings settings = new()
        {
            From = database.Name,
            Schema = arguments.GetValue(Schema)!,
            Listen = address.ToString(),
            Token = token,
            Hosts = arguments.GetValue(Host) ?? [],
            Rate = arguments.GetValue(Rate),
            IsLogJson = Console.Format(arguments) == LogFormat.Json,
            IsQuiet = !Console.OpenLog(arguments).Shows(LogLevel.Info),
        };
        throw Become(Path.Combine(AppContext.BaseDirectory, Server), settings);
    }

    private static IPEndPoint Address(string text)
    {
        string named = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        int port = named.LastIndexOf(':');
        return port > 0 && (named[port - 1] == ']' || named.IndexOf(':', StringComparison.Ordinal) == port) && IPEndPoint.TryParse(named, out IPEndPoint? address)
            ? address
            : throw new UsageException($"--listen '{text}' is not an address and a port, such as 127.0.0.1:8080");
    }

    private static string? Token(string? file)
    {
        try
        {
            string? token = (file is null ? Environment.GetEnvironmentVariable(TokenVariable) : File.ReadAllText(file))?.Trim();
            return string.IsNullOrEmpty(token) && file is null ? null
                : token!.Length < MinTokenCharacters ? throw new UsageException($"the token has fewer than {MinTokenCharacters} characters; make one with: openssl rand -hex 32")
                : token.AsSpan().ContainsAnyExceptInRange('!', '~') ? throw new UsageException("the token has characters that a header cannot hold; use letters and digits")
                : token;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file: {Log.OneLine(fault.Message)}");
        }
    }

    /// <summary>Replaces this process by the server; returns only if that fails.</summary>
    private static IngestException Become(string program, ServeSettings settings)
    {
        Dictionary<string, string?> variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value);
        variables.Remove(TokenVariable);
        variables[ServeSettings.Variable] = settings.ToJson();
        string?[] environment = [.. variables.Select(v => $"{v.Key}={v.Value}"), null];
        _ = Execute(program, [program, null], environment);
        return Marshal.GetLastPInvokeError() switch
        {
            NoSuchFile => new IngestException($"{program} is missing.", "Install it in the folder of health_ingestion; build.sh --aot makes both."),
            NoPermission => new IngestException($"{program} may not be run.", "Make it executable: chmod +x."),
            int code => new IngestException($"{program} cannot be started: {Marshal.GetPInvokeErrorMessage(code)}.", "Install it again; build.sh --aot makes it."),
        };
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
