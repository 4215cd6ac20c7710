using System.Diagnostics;
using System.Globalization;

namespace HealthIngestion.Tests;

/// <summary>Kills the program again and again.</summary>
internal static class KillLoop
{
    /// <summary>How often the tests kill: <c>FASTINGEST_CRASHES</c>, or a few times.</summary>
    /// <param name="standard">The number where the variable is not set.</param>
    public static int Times(int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable("FASTINGEST_CRASHES"), CultureInfo.InvariantCulture, out int times) ? times : standard;

    /// <summary>Starts a command and kills it (kill -9) at a random moment, until it was killed so often.</summary>
    /// <param name="place">The folder of the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="times">How often it is killed.</param>
    /// <param name="count">Counts what the command has done, for as long as the test runs.</param>
    /// <param name="random">How much more it does before it is killed.</param>
    /// <param name="completed">Runs whenever the command was done before it was killed.</param>
    public static void Run(Workplace place, string[] command, int times, Func<int> count, Func<int> random, Action completed)
    {
        for (int killed = 0; killed < times;)
        {
            int moment = count() + random();
            using Process process = HealthIngestionProcess.Start(HealthIngestionProcess.Path, place.Directory, [], command);
            HealthIngestionProcess.WaitFor(process, _ => count() >= moment);
            HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
            if (HealthIngestionProcess.Finish(process, Stopwatch.StartNew()).ExitCode == 128 + HealthIngestionProcess.Sigkill)
            {
                killed++;
            }
            else
            {
                completed();
            }
        }
    }
}
