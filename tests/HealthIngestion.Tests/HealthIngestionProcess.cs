using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>What a finished process left behind.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error, TimeSpan Elapsed)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The whole of standard error, which must be one line.</summary>
    public string OnlyErrorLine
    {
        get
        {
            Assert.Single(ErrorLines);
            return ErrorLines[0];
        }
    }
}

/// <summary>
/// The published binary as a process: <c>$HEALTH_INGESTION</c>, else the nearest <c>dist/health_ingestion</c> above
/// the tests.
/// </summary>
public static partial class HealthIngestionProcess
{
    private const int LimitMs = 120_000;

    public const int Sigint = 2, Sigkill = 9, Sigterm = 15, Sigcont = 18, Sigstop = 19;

    public static string Path { get; } = Find();

    public static Outcome Run(string directory, params string[] arguments) => Run(directory, [], arguments);

    public static Outcome Run(string directory, (string Name, string Value)[] environment, params string[] arguments)
    {
        Stopwatch time = Stopwatch.StartNew();
        using Process process = Start(Path, directory, environment, arguments);
        return Finish(process, time);
    }

    /// <summary>Runs a command of bash, in which <c>$BIN</c> is the path of the binary; the command ends as its last part does.</summary>
    public static Outcome RunShell(string directory, string command)
    {
        Stopwatch time = Stopwatch.StartNew();
        using Process process = Start("bash", directory, [("BIN", Path)], "-c", command);
        process.StandardInput.Close();
        return Finish(process, time);
    }

    /// <summary>Runs under a pseudo-terminal; what the terminal was sent is the outcome's output.</summary>
    public static Outcome RunOnTerminal(string directory, (string Name, string Value)[] environment, string arguments)
    {
        Stopwatch time = Stopwatch.StartNew();
        string command = $"stty cols 100 rows 40; exec '{Path}' {arguments}";
        using Process process = Start("script", directory, [("TERM", "xterm-256color"), .. environment], "-qec", command, "/dev/null");
        return Finish(process, time);
    }

    /// <summary>Starts the binary, waits until the condition holds, sends the signals at once, and waits for the end.</summary>
    public static Outcome SignalWhen(string directory, Func<Process, bool> condition, int[] signals, params string[] arguments)
    {
        using Process process = Start(Path, directory, [], arguments);
        WaitFor(process, condition);
        Stopwatch time = Stopwatch.StartNew();
        foreach (int signal in signals)
        {
            Signal(process, signal);
        }

        return Finish(process, time);
    }

    /// <summary>False when the process ended before the condition held.</summary>
    public static bool WaitFor(Process process, Func<Process, bool> condition)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!process.HasExited)
        {
            if (condition(process))
            {
                return true;
            }

            Assert.True(time.ElapsedMilliseconds < LimitMs, "the condition never held");
            Thread.Sleep(1);
        }

        return false;
    }

    /// <summary>How often a process has read from any file; 0 when it has ended.</summary>
    public static long Reads(Process process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process.Id}/io").Single(l => l.StartsWith("syscr: ", StringComparison.Ordinal));
            return long.Parse(line["syscr: ".Length..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Whether a process has a file open.</summary>
    public static bool HasOpen(Process process, string path)
    {
        try
        {
            return System.IO.Directory.GetFiles($"/proc/{process.Id}/fd").Any(d => File.ResolveLinkTarget(d, false)?.FullName == path);
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static void Signal(Process process, int signal) => _ = Kill(process.Id, signal);

    public static Process Start(string file, string directory, (string Name, string Value)[] environment, params string[] arguments)
    {
        ProcessStartInfo info = new(file, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in new[] { "DATA_DIR", "NO_COLOR", "DATABASE_URL", "API_URL", "WEAVIATE_URL", "API_TOKEN", "WEAVIATE_API_KEY", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy" })
        {
            info.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            info.Environment[name] = value;
        }

        return Process.Start(info)!;
    }

    /// <summary>Waits for the end of a process that <see cref="Start"/> began.</summary>
    public static Outcome Finish(Process process, Stopwatch time)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LimitMs))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("the process did not end");
        }

        return new Outcome(process.ExitCode, output.Result, error.Result, time.Elapsed);
    }

    private static string Find()
    {
        string? named = Environment.GetEnvironmentVariable("HEALTH_INGESTION");
        if (!string.IsNullOrEmpty(named))
        {
            return System.IO.Path.GetFullPath(named);
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = System.IO.Path.Combine(at.FullName, "dist", "health_ingestion");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException("No published binary: run ./build.sh --aot, or set HEALTH_INGESTION.");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
