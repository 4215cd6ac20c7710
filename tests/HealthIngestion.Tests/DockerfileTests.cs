using System.Text.Json;
using System.Text.RegularExpressions;

namespace HealthIngestion.Tests;

/// <summary>What can be known of the container image without a container engine.</summary>
public sealed class DockerfileTests
{
    private static readonly string Root = Repository.Root;
    private static readonly List<Instruction> Dockerfile = Parse(File.ReadAllText(Path.Combine(Root, "Dockerfile")));
    private static readonly string[] Ignore = File.ReadAllLines(Path.Combine(Root, ".dockerignore"));

    private static IEnumerable<Instruction> Final => Dockerfile.Skip(Dockerfile.FindLastIndex(i => i.Name == "FROM"));

    [Fact]
    public void Every_base_image_has_a_tag_that_says_which()
    {
        string[] stages = [.. Dockerfile.Where(i => i.Name == "FROM").Select(i => i.Arguments)];
        Assert.True(stages.Length >= 2, "one stage to build, one to run");
        Assert.All(stages, s => Assert.Matches(@"^(--\S+ )*[a-z0-9.\-/]+:\d[\w.\-]*(@sha256:[0-9a-f]{64})?( AS \w+)?$", s));
    }

    [Fact]
    public void The_final_image_is_a_small_one_without_an_SDK_or_a_shell()
    {
        string image = Final.First().Arguments;
        Assert.Contains("/runtime-deps:", image, StringComparison.Ordinal);
        Assert.EndsWith("-chiseled", image, StringComparison.Ordinal);
        Assert.DoesNotContain(Final, i => i.Name == "RUN");
    }

    [Fact]
    public void Both_stages_are_of_one_release_of_the_distribution()
    {
        string[] releases = [.. Dockerfile.Where(i => i.Name == "FROM").Select(i => Regex.Match(i.Arguments, @":[\d.]+-([a-z]+)").Groups[1].Value)];
        Assert.Equal("noble", Assert.Single(releases.Distinct()));
    }

    [Fact]
    public void It_does_not_run_as_root()
    {
        string user = Final.Last(i => i.Name == "USER").Arguments;
        Match match = Regex.Match(user, @"^(\d+):(\d+)$");
        Assert.True(match.Success, $"USER {user}: Kubernetes' runAsNonRoot can only check a number");
        Assert.NotEqual("0", match.Groups[1].Value);
        Assert.NotEqual("0", match.Groups[2].Value);
    }

    [Fact]
    public void The_data_directory_is_a_volume_and_the_working_directory_and_belongs_to_the_user()
    {
        List<Instruction> final = [.. Final];
        Assert.Equal("/data", Assert.Single(final, i => i.Name == "VOLUME").Arguments);
        Assert.Equal("/data", Assert.Single(final, i => i.Name == "WORKDIR").Arguments);
        string user = final.Last(i => i.Name == "USER").Arguments;
        int made = final.FindIndex(i => i.Name == "COPY" && i.Arguments.EndsWith(" /data", StringComparison.Ordinal));
        Assert.Contains($"--chown={user} ", final[made].Arguments, StringComparison.Ordinal);
        Assert.True(made < final.FindIndex(i => i.Name == "VOLUME"), "what is copied to a volume after VOLUME is lost");
    }

    [Fact]
    public void The_entry_point_is_the_binary_itself_in_exec_form()
    {
        string[] command = JsonSerializer.Deserialize<string[]>(Assert.Single(Final, i => i.Name == "ENTRYPOINT").Arguments)!;
        string binary = Assert.Single(command);
        Assert.Contains(Final, i => i.Name == "COPY" && i.Arguments == $"--from=build /source/dist/health_ingestion {binary}");
        Assert.DoesNotContain(Final, i => i.Name == "CMD");
    }

    [Fact]
    public void Everything_copied_from_the_context_is_there_and_not_ignored()
    {
        string[] sources = [.. FromContext()];
        Assert.NotEmpty(sources);
        foreach (string source in sources)
        {
            string[] found = Expand(source);
            Assert.True(found.Length > 0, $"COPY {source}: no such file");
            Assert.All(found, f => Assert.False(IsIgnored(f, Ignore), $"COPY {f}: .dockerignore leaves it out"));
        }
    }

    [Fact]
    public void Every_project_and_lock_file_of_the_binary_is_there_before_packages_are_restored()
    {
        int restore = Dockerfile.FindIndex(i => i.Name == "RUN" && i.Arguments.EndsWith("--restore", StringComparison.Ordinal));
        int sources = Dockerfile.FindIndex(i => i is { Name: "COPY", Arguments: "src src" });
        Assert.True(restore > 0 && restore < sources, "packages are restored before the sources are copied");

        string[] copied = [.. FromContext(Dockerfile.Take(restore)).SelectMany(Expand)];
        IEnumerable<string> needed = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f))
            .Where(f => Regex.IsMatch(f, @"^src/\w+/([\w.]+\.csproj|packages[\w.]*\.lock\.json)$"))
            .Concat(Directory.EnumerateFiles(Root, "Directory.*").Select(f => Path.GetRelativePath(Root, f)))
            .Append("global.json");
        Assert.All(needed, f => Assert.Contains(f, copied));
    }

    [Fact]
    public void The_build_is_the_one_of_CI() =>
        Assert.Contains(Dockerfile, i => i.Name == "RUN" && i.Arguments.StartsWith("./build.sh --aot &&", StringComparison.Ordinal));

    [Theory]
    [InlineData("src/FastIngest/Pipeline/HealthIngest.cs", false)]
    [InlineData("src/FastIngest/obj/project.assets.json", true)]
    [InlineData("src/FastIngest/bin/Release/net10.0/FastIngest.dll", true)]
    [InlineData("tests/data/health/default/users.json", true)]
    [InlineData(".git/HEAD", true)]
    [InlineData("build.sh", false)]
    public void The_context_holds_the_sources_alone(string path, bool ignored) => Assert.Equal(ignored, IsIgnored(path, Ignore));

    private static IEnumerable<string> FromContext(IEnumerable<Instruction>? instructions = null) =>
        (instructions ?? Dockerfile)
            .Where(i => i.Name is "COPY" or "ADD" && !i.Arguments.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(i => i.Arguments.Split(' ').Where(a => !a.StartsWith("--", StringComparison.Ordinal)).SkipLast(1));

    private static string[] Expand(string source)
    {
        string folder = Path.Combine(Root, Path.GetDirectoryName(source)!);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFileSystemEntries(folder, Path.GetFileName(source)).Select(f => Path.GetRelativePath(Root, f))]
            : [];
    }

    /// <summary>By the rules of .dockerignore: the last pattern that fits the path or a folder above it decides.</summary>
    private static bool IsIgnored(string path, string[] patterns)
    {
        bool ignored = false;
        foreach (string line in patterns.Where(p => p.Length > 0 && p[0] != '#'))
        {
            string pattern = Regex.Escape(line.TrimStart('!')).Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
            if (Regex.IsMatch(path, $"^{pattern}(/.*)?$"))
            {
                ignored = line[0] != '!';
            }
        }

        return ignored;
    }

    private static List<Instruction> Parse(string text)
    {
        string joined = Regex.Replace(Regex.Replace(text, @"^\s*#.*\n", "", RegexOptions.Multiline), @"\s*\\\n\s*", " ");
        return [.. joined.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(l => new Instruction(l[..l.IndexOf(' ')], l[(l.IndexOf(' ') + 1)..]))];
    }

    private sealed record Instruction(string Name, string Arguments);
}
