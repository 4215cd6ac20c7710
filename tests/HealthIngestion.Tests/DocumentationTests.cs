using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using FastIngest.Tests.Storage.Http;

namespace HealthIngestion.Tests;

/// <summary>
/// Every example of the README and of docs/ works. In <c>```console</c> blocks a line that begins with <c>$</c> is a command
/// and what follows is its output, in <c>```sh</c> blocks every line is a command. A line <c>…</c> stands for any lines, and
/// speeds, times and memory are not compared. An API listens where the pages say. The commands of a page share a folder with the sample data in <c>export/</c>.
/// </summary>
public sealed partial class DocumentationTests
{
    /// <summary>What pages call the API; the tests have one of their own in its place.</summary>
    private const string ApiUrl = "http://localhost:50000/ingest";

    public static TheoryData<string> Pages => [
        "README.md",
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(f => Path.GetRelativePath(Repository.Root, f)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_example_works_and_prints_what_the_page_shows(string page)
    {
        using Workplace place = Workplace.Empty();
        using ApiServer api = ApiServer.Start();
        Prepare(place);
        foreach ((string command, string[] shown) in Examples(page))
        {
            bool isRunnable = Regex.IsMatch(command, "^(API_URL=[^ ]+ )?health_ingestion")
                || command.StartsWith("dist/health_ingestion", StringComparison.Ordinal)
                || (File.Exists("/usr/bin/sqlite3") && (command == "./build.sh --run" || command.StartsWith("sqlite3 ", StringComparison.Ordinal)));
            if (!isRunnable)
            {
                continue;
            }

            (int exitCode, string[] printed) = Run(place, command, api);
            Assert.True(exitCode == 0, $"{page}: {command} exits with {exitCode}\n{string.Join('\n', printed)}");
            int at = 0;
            foreach (string line in shown.Select(Mask).Where(l => l is not ("…" or "")))
            {
                int found = Array.FindIndex(printed, at, l => Mask(l) == line);
                Assert.True(found >= 0, $"{page}: {command} does not print\n{line}\nbut\n{string.Join('\n', printed)}");
                at = found + 1;
            }
        }
    }

    [Fact]
    public void The_README_shows_how_to_run_and_how_to_test()
    {
        string[] commands = [.. Examples("README.md").Select(e => e.Command)];

        Assert.Equal(["./build.sh --run", "./build.sh --test"], commands.Take(2));
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, "README.md")).Count(), 20, 110);
    }

    [Fact]
    public void Every_option_of_the_build_script_that_a_page_names_exists()
    {
        string script = File.ReadAllText(Path.Combine(Repository.Root, "build.sh"));
        string[] known = [.. Regex.Matches(script, @"(?m)^ +(--[a-z]+)\)").Select(m => m.Groups[1].Value)];
        (string Page, string Option)[] named = [.. Pages.Select(p => p.Data).Append("CONTRIBUTING.md")
            .SelectMany(p => BuildOption().Matches(File.ReadAllText(Path.Combine(Repository.Root, p))).Select(m => (p, m.Groups[1].Value)))];

        Assert.Contains(("README.md", "--run"), named);
        Assert.Contains(("CONTRIBUTING.md", "--lock"), named);
        Assert.All(named, n => Assert.Contains(n.Option, known));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_to_a_file_leads_to_one(string page)
    {
        string path = Path.Combine(Repository.Root, page);
        IEnumerable<string> targets = Link().Matches(File.ReadAllText(path)).Select(m => m.Groups[1].Value).Where(t => !t.Contains("://", StringComparison.Ordinal));
        Assert.All(targets, t => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, t)), $"{page}: {t}"));
    }

    /// <summary>A folder that looks like a clone with a published binary, and like a user's with an export and a dump.</summary>
    private static void Prepare(Workplace place)
    {
        Directory.CreateDirectory(place["dist"]);
        Directory.CreateDirectory(place["src"]);
        File.CreateSymbolicLink(place["dist/health_ingestion"], HealthIngestionProcess.Path);
        Directory.CreateSymbolicLink(place["tests"], Path.Combine(Repository.Root, "tests"));
        File.Copy(Path.Combine(Repository.Root, "build.sh"), place["build.sh"]);
        foreach (string old in (string[])["Directory.Build.props", "global.json"])
        {
            // Older than the binary, so that the script takes that for up to date.
            File.WriteAllText(place[old], "");
            File.SetLastWriteTimeUtc(place[old], DateTime.UnixEpoch);
        }

        Directory.SetLastWriteTimeUtc(place["src"], DateTime.UnixEpoch);
        Directory.CreateDirectory(place["export"]);
        foreach (string file in Directory.GetFiles(Repository.Set("default"), "*.json"))
        {
            File.Copy(file, Path.Combine(place["export"], Path.GetFileName(file)));
        }

        using GZipStream dump = new(File.Create(place["dump.jsonl.gz"]), CompressionLevel.Fastest);
        dump.Write(File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl")));
    }

    private static (int ExitCode, string[] Printed) Run(Workplace place, string command, ApiServer api)
    {
        command = command.Replace(ApiUrl, api.Url, StringComparison.Ordinal);
        string path = $"{Path.GetDirectoryName(HealthIngestionProcess.Path)}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process shell = HealthIngestionProcess.Start("bash", place.Directory, [("PATH", path)], "-c", $"({command}) 2>&1");
        Outcome outcome = HealthIngestionProcess.Finish(shell, Stopwatch.StartNew());
        return (outcome.ExitCode, [.. outcome.Output.Replace(api.Url, ApiUrl, StringComparison.Ordinal).Split('\n').Select(l => l.TrimEnd())]);
    }

    private static IEnumerable<(string Command, string[] Output)> Examples(string page)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, page));
        foreach (Match block in Block().Matches(text))
        {
            string[] lines = [.. block.Groups[2].Value.Split('\n').Select(l => l.TrimEnd())];
            if (block.Groups[1].Value == "sh")
            {
                foreach (string line in lines.Select(l => Comment().Replace(l, "")).Where(l => l.Length > 0))
                {
                    yield return (line, []);
                }

                continue;
            }

            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].StartsWith("$ ", StringComparison.Ordinal))
                {
                    string[] output = [.. lines.Skip(i + 1).TakeWhile(l => !l.StartsWith("$ ", StringComparison.Ordinal))];
                    yield return (Comment().Replace(lines[i][2..], ""), output);
                }
            }
        }
    }

    private static string Mask(string line) => Changing().Replace(line, "#").TrimEnd();

    [GeneratedRegex("""(?ms)^```(console|sh)\n(.*?)\n```$""")]
    private static partial Regex Block();

    [GeneratedRegex("""\s+# .*$""")]
    private static partial Regex Comment();

    // Times, speeds and memory, the commit.
    [GeneratedRegex("""\d[\d.,]*( [kMG])?( [kMG]?B/s| records/s|/s\b| s\b)|(?<=peak memory )[\d.]+ [kMG]B|(?<=^commit +)\S+""")]
    private static partial Regex Changing();

    [GeneratedRegex("""build\.sh (--[a-z]+)""")]
    private static partial Regex BuildOption();

    [GeneratedRegex("""\]\(([^)#]+)(?:#[^)]*)?\)""")]
    private static partial Regex Link();
}
