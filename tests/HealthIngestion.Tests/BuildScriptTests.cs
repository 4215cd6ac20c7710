using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;

namespace HealthIngestion.Tests;

[SupportedOSPlatform("linux")]
public sealed class BuildScriptTests
{
    private static readonly string Root = Repository.Root;

    [Fact]
    public async Task Help_names_every_option_that_the_script_knows()
    {
        (int exitCode, string output, string _) = await RunAsync("--help");
        Assert.Equal(0, exitCode);
        string script = await File.ReadAllTextAsync(Path.Combine(Root, "build.sh"));
        string[] known = [.. Regex.Matches(script, @"^ +(--[a-z]+)\)", RegexOptions.Multiline).Select(m => m.Groups[1].Value)];
        Assert.Contains("--aot", known);
        Assert.All(known, o => Assert.Matches($"(?m)^  {o} ", output));
    }

    [Theory]
    [InlineData("--fast")]
    [InlineData("test")]
    [InlineData("--test", "--quick")]
    public async Task An_unknown_option_is_wrong_usage_and_nothing_is_built(params string[] options)
    {
        (int exitCode, string output, string error) = await RunAsync(options);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains($"unknown option: {options[^1]}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_scripts_are_executable() =>
        Assert.All(["build.sh", ".ci/run"], f => Assert.True(File.GetUnixFileMode(Path.Combine(Root, f)).HasFlag(UnixFileMode.UserExecute), f));

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] options)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(Root, "build.sh"), options)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
