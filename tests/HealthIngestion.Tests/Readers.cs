using System.Diagnostics;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>
/// Programs of others that read files of columns: DuckDB, Apache Arrow and hyparquet, at the versions of tests/readers, and Debian's pandas. The
/// former are installed once, by npm, into a folder of this user. Without npm, its packages or pandas a test is skipped, and fails in CI.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class Readers
{
    private const string Python = "/usr/bin/python3", PandasPackage = "/usr/lib/python3/dist-packages/pandas";

    private static readonly Lazy<string> Folder = new(Install);

    /// <summary>Reads a file: an array of values for each row.</summary>
    /// <param name="reader"><c>duckdb</c>, <c>arrow</c>, <c>hyparquet</c> or <c>pandas</c>.</param>
    /// <param name="file">The file.</param>
    public static JsonElement[][] Rows(string reader, string file)
    {
        string output = reader == "pandas" ? Pandas("rows", file) : Run("node", Folder.Value, "rows.mjs", reader, Path.GetFullPath(file));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.EnumerateArray().ToArray())];
    }

    /// <summary>Returns the type that pandas finds for each column of a CSV file.</summary>
    public static Dictionary<string, string> PandasTypes(string file) => JsonDocument.Parse(Pandas("types", file)).RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);

    /// <summary>Runs a query of DuckDB that has one row, and returns its values.</summary>
    public static string Query(string sql) => Run(
        "node",
        Folder.Value,
        "--input-type=module",
        "--eval",
        "import { DuckDBInstance } from '@duckdb/node-api'; const c = await (await DuckDBInstance.create(':memory:')).connect();"
        + "console.log((await c.runAndReadAll(process.argv[1])).getRowsJson()[0].join(' '))",
        sql).Trim();

    private static string Pandas(string what, string file)
    {
        Assert.SkipWhen(!Directory.Exists(PandasPackage) && Environment.GetEnvironmentVariable("CI") != "true", "needs pandas (Debian: python3-pandas)");
        return Run(Python, Path.Combine(Repository.Root, "tests", "readers"), "rows.py", what, Path.GetFullPath(file));
    }

    private static string Install()
    {
        Installed.Require("npm");
        string source = Path.Combine(Repository.Root, "tests", "readers");
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(source, "package-lock.json"))))[..16];
        string folder = Path.Combine(Path.GetTempPath(), $"fastingest-readers-{Environment.UserName}-{hash}");
        string done = Path.Combine(folder, "installed");
        if (!File.Exists(done))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (string file in (string[])["package.json", "package-lock.json"])
            {
                File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
            }

            using Process npm = HealthIngestionProcess.Start("npm", folder, [], "ci", "--no-audit", "--no-fund", "--loglevel=error");
            Outcome outcome = HealthIngestionProcess.Finish(npm, Stopwatch.StartNew());
            Assert.SkipWhen(outcome.ExitCode != 0 && Environment.GetEnvironmentVariable("CI") != "true", $"npm cannot install the readers: {outcome.Error}");
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            File.WriteAllText(done, "");
        }

        File.Copy(Path.Combine(source, "rows.mjs"), Path.Combine(folder, "rows.mjs"), overwrite: true);
        return folder;
    }

    private static string Run(string program, string folder, params string[] arguments)
    {
        using Process process = HealthIngestionProcess.Start(program, folder, [], arguments);
        process.StandardInput.Close();
        Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Output;
    }
}
