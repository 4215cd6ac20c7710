using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Storage.Http;
using FastIngest.Storage.Postgres.Connection;
using HealthIngestion.CommandLine;
using HealthIngestion.Commands;

namespace HealthIngestion.Tests;

/// <summary>What can be known of docker-compose.yml without a container engine.</summary>
public sealed class ComposeTests
{
    private static readonly Node Compose = Node.Parse(File.ReadAllLines(Path.Combine(Repository.Root, "docker-compose.yml")));

    private static Node Ingestion => Compose["services"]["ingestion"];

    [Fact]
    public void It_waits_until_the_database_and_the_API_are_healthy()
    {
        foreach (string service in (string[])["postgres", "api"])
        {
            Assert.Equal("service_healthy", Ingestion["depends_on"][service]["condition"].Value);
            Assert.Equal("CMD", Compose["services"][service]["healthcheck"]["test"].List[0]);
        }
    }

    [Fact]
    public void Data_is_mounted_read_only_and_the_sample_data_is_there()
    {
        string mount = Assert.Single(Ingestion["volumes"].List, v => v.Contains(":/data", StringComparison.Ordinal));
        Match match = Regex.Match(mount, @"^\$\{DATA:-(.+)\}:/data:ro$");
        Assert.True(match.Success, mount);
        Assert.True(File.Exists(Path.Combine(Repository.Root, match.Groups[1].Value, "users.json")));
    }

    [Fact]
    public void Every_service_is_built_from_a_folder_that_is_there_or_is_an_image_with_a_tag()
    {
        foreach ((string name, Node service) in Compose["services"].Children)
        {
            if (service.Children.GetValueOrDefault("build") is { } build)
            {
                Assert.True(File.Exists(Path.Combine(Repository.Root, build.Value, "Dockerfile")), name);
            }
            else
            {
                Assert.Matches(@"^\w+:\d[\w.\-]*$", service["image"].Value);
            }
        }

        Assert.Equal(["ingestion", "api", "postgres"], Compose["services"].Children.Keys.Reverse());
    }

    [Fact]
    public void The_ingestion_understands_its_command_line_and_its_environment()
    {
        IngestCommand command = new();
        System.CommandLine.ParseResult arguments = Parsing.Parse(command.Spec, [.. Ingestion["command"].List], AllCommands.Table);
        Assert.Equal(TimeSpan.FromSeconds(60), arguments.GetValue(command.Options.WaitForApi));
        Assert.StartsWith("/out/", arguments.GetValue(command.Options.Rejects), StringComparison.Ordinal);
        PostgresAddress database = PostgresAddress.Parse(Value("DATABASE_URL"));
        Assert.Equal("postgres://health@postgres:5432/health", database.DisplayName);
        Assert.Equal(Compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"].Value, Ingestion["environment"]["PGPASSWORD"].Value);
        ApiAddress api = ApiAddress.Parse(Value("WEAVIATE_URL"));
        Assert.Equal($"http://api:{Compose["services"]["api"]["environment"]["PORT"].Value}/ingest", api.DisplayName);
        Assert.Equal("", Value("API_TOKEN"));
    }

    [Fact]
    public void Named_volumes_are_declared_and_the_one_for_results_belongs_to_the_user_of_the_image()
    {
        IEnumerable<string> named = Compose["services"].Children.Values
            .Where(s => s.Children.ContainsKey("volumes")).SelectMany(s => s["volumes"].List).Where(v => Regex.IsMatch(v, "^[a-z]+:")).Select(v => v.Split(':')[0]);
        Assert.Equal(Compose["volumes"].Children.Keys.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        Assert.Contains(File.ReadLines(Path.Combine(Repository.Root, "Dockerfile")), l => l == "COPY --from=build --chown=1000:1000 /empty /out");
    }

    [Fact]
    public void The_stand_in_is_built_from_files_that_are_there()
    {
        string folder = Path.Combine(Repository.Root, "bench", "ApiStandIn");
        string copied = Assert.Single(File.ReadLines(Path.Combine(folder, "Dockerfile")), l => l.StartsWith("COPY", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal));
        Assert.All(copied.Split(' ')[1..^1], f => Assert.True(File.Exists(Path.Combine(folder, f)), f));
    }

    /// <summary>A variable of the ingestion, where nobody set anything.</summary>
    private static string Value(string name) =>
        Regex.Replace(Ingestion["environment"][name].Value, @"\$\{\w+:-([^}]*)\}", "$1");

    /// <summary>As much of YAML as the file uses: mappings by indentation, lists of texts in either form, plain and quoted texts.</summary>
    private sealed class Node
    {
        public Dictionary<string, Node> Children { get; } = [];

        public List<string> List { get; } = [];

        public string Value { get; private init; } = "";

        public Node this[string name] => Children.TryGetValue(name, out Node? child) ? child : throw new KeyNotFoundException(name);

        public static Node Parse(string[] lines)
        {
            Node root = new();
            List<(int Indent, Node Node)> path = [(-1, root)];
            foreach (string line in lines.Where(l => l.Trim() is { Length: > 0 } text && text[0] != '#'))
            {
                int indent = line.Length - line.TrimStart().Length;
                path.RemoveAll(p => p.Indent >= indent);
                Node parent = path[^1].Node;
                string text = line.Trim();
                if (text.StartsWith("- ", StringComparison.Ordinal))
                {
                    parent.List.Add(Unquote(text[2..]));
                    continue;
                }

                Match match = Regex.Match(text, @"^([A-Za-z_]+):(?: (.+))?$");
                Assert.True(match.Success && indent % 2 == 0, line);
                string value = match.Groups[2].Value;
                Node node = new() { Value = Unquote(value) };
                if (value.StartsWith('['))
                {
                    node.List.AddRange(JsonSerializer.Deserialize<string[]>(value)!);
                }

                Assert.True(parent.Children.TryAdd(match.Groups[1].Value, node), $"{line}: twice");
                path.Add((indent, node));
            }

            return root;
        }

        private static string Unquote(string text) => text.StartsWith('"') ? JsonSerializer.Deserialize<string>(text)! : text;
    }
}
