using System.Buffers;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Targets;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;
using HealthIngestion.Options;
using HealthIngestion.Runs;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Finds stored days by the meaning of a text.</summary>
internal sealed class SearchCommand : ICommand
{
    public const string Name = "search";

    /// <summary>A file of more bytes holds no vector.</summary>
    private const int MaxVectorFileBytes = 1 << 20;

    public Argument<string?> Text { get; } = new("TEXT")
    {
        Description = "what to look for",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public PrefixOption<string?> From { get; } = SharedOptions.From("the database that holds the vectors", TargetCapability.Vectors);

    public EmbeddingOptionGroup Server { get; } = new("the model whose vectors are searched (default: the only one)");

    public Option<string?> VectorFile { get; } = new("--vector")
    {
        HelpName = "FILE",
        Description = "a file with the vector to compare with, a JSON array of numbers, instead of TEXT and a server (default: none)",
        CustomParser = Values.NotEmpty,
    };

    public SelectionOptions Selection { get; } = new("only the days of this user; repeatable (default: all users)");

    public Option<int> Limit { get; } = new("--limit")
    {
        HelpName = "N",
        Description = "how many days to print, 1 to 10000 (default: 10)",
        CustomParser = Values.Integer(1, 10_000),
        DefaultValueFactory = _ => 10,
    };

    public Option<bool> Approximate { get; } = SharedOptions.Flag("--approximate", "use the index of PostgreSQL with pgvector, which is faster and may miss some of the nearest days");

    public Option<bool> Json { get; } = SharedOptions.Flag("--json", "print one JSON object a day");

    public Option<string> Schema { get; } = SharedOptions.Schema();

    public ConsoleOptions Console { get; } = new();

    public CommandSpec Spec { get; }

    public SearchCommand()
    {
        Spec = new CommandSpec(Name, "find the days whose summaries are nearest to a text in meaning")
        {
            Usage = "TEXT [options]",
            Examples =
            [
                new("health_ingestion search 'slept badly after running' --api http://localhost:8080", "the ten nearest days of all users in health.db"),
                new("health_ingestion search 'long walk' --user u17 --since 2024-01-01 --json", "the nearest days of u17 as JSON, with the server of $EMBEDDING_URL"),
            ],
            Environment =
            [
                SharedOptions.FromEnvironment,
                .. EmbeddingOptionGroup.Environment,
            ],
        };
        Spec.Command.Arguments.Add(Text);
        Spec.AddGroup("What", [From, VectorFile, .. Selection.All, Limit, Approximate, Json, Schema]);
        Spec.AddGroup("Server", Server.Api, Server.Model, Server.Dimensions);
        Spec.AddGroup("Console", Console.OfLog);
    }

    public int Run(ParseResult arguments)
    {
        string? text = arguments.GetValue(Text), vectorFile = arguments.GetValue(VectorFile);
        EmbeddingServer? server = vectorFile is null ? EmbeddingSettings.ServerOf(Server, arguments) : null;
        if (vectorFile is null ? string.IsNullOrWhiteSpace(text) : text is not null)
        {
            throw new UsageException(vectorFile is null ? "search needs a TEXT, such as: health_ingestion search 'slept badly'" : "search takes a TEXT or --vector, not both");
        }

        if (vectorFile is null && server is null)
        {
            throw new UsageException($"search needs the embedding server of the vectors: use --api http://HOST:PORT, or set {EmbeddingOptionGroup.UrlVariable}");
        }

        Target database = Targets.From(arguments.GetValue(From), TargetCapability.Vectors);
        TargetOptions target = new() { Schema = arguments.GetValue(Schema) };
        SearchOptions options = new()
        {
            Text = text ?? "",
            Server = server,
            Embedding = new EmbeddingOptions
            {
                Dimensions = arguments.GetValue(Server.Dimensions),
                Delivery = new DeliveryOptions { From = database.CreateDeliverySource(target), Concurrency = 1 },
            },
            Vector = vectorFile is null ? default : ReadVector(vectorFile),
            Model = arguments.GetValue(Server.Model),
            Selection = SelectionSettings.From(Selection, arguments),
            Limit = arguments.GetValue(Limit),
            IsApproximate = arguments.GetValue(Approximate),
        };
        Log log = Console.OpenLog(arguments);
        return CommandRun.Do(
            log,
            statsPath: null,
            token =>
            {
                server?.RequireLibraries();
                StoredDatabase.RequireUsersAsync(database, target.Schema, arguments.GetValue(Selection.User), token).GetAwaiter().GetResult();
                long started = Stopwatch.GetTimestamp();
                SearchReport report = SummarySearch.RunAsync(database.CreateVectorSource(target), options, token).GetAwaiter().GetResult();
                log.Debug($"compared {Figures.Count(report.Vectors, "vector")} of {report.Model.Name} in {Figures.Seconds(Stopwatch.GetElapsedTime(started))}{(report.IsBuilt ? ", with a new copy beside the database" : "")}");
                Print(report, arguments.GetValue(Json));
                if (report.Matches.Count == 0)
                {
                    log.Warning("no day of the selection has a vector of its current summary");
                }

                return ExitCode.Done;
            },
            () => "nothing was changed");
    }

    private static void Print(SearchReport report, bool isJson)
    {
        using Stream output = StandardStream.OpenOutput();
        ArrayBufferWriter<byte> lines = new(4096);
        foreach (DayMatch match in report.Matches)
        {
            if (isJson)
            {
                Write(lines, match);
            }
            else
            {
                string line = string.Create(CultureInfo.InvariantCulture, $"{match.Score:0.0000}  {match.UserId}  {match.Day:yyyy-MM-dd}  {match.Summary}");
                lines.Write(System.Text.Encoding.UTF8.GetBytes(Log.OneLine(line)));
            }

            lines.Write("\n"u8);
        }

        output.Write(lines.WrittenSpan);
    }

    private static void Write(ArrayBufferWriter<byte> lines, DayMatch match)
    {
        using Utf8JsonWriter json = new(lines, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("user_id", match.UserId);
        json.WriteString("date", match.Day.ToString("O", CultureInfo.InvariantCulture));
        json.WriteNumber("score", match.Score);
        json.WriteString("summary", match.Summary);
        json.WriteEndObject();
    }

    /// <exception cref="UsageException">The file is no JSON array of numbers.</exception>
    private static float[] ReadVector(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxVectorFileBytes)
            {
                throw new UsageException($"--vector {path}: the file is too large for a vector");
            }

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            float[] vector = new float[json.RootElement.GetArrayLength()];
            for (int i = 0; i < vector.Length; i++)
            {
                vector[i] = json.RootElement[i].GetSingle();
            }

            return vector;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"--vector {path}: {(fault is IOException or UnauthorizedAccessException ? Log.OneLine(fault.Message) : "the file is not a JSON array of numbers")}");
        }
    }
}
