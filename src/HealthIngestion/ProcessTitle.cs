using System.Globalization;
using System.Text;
using FastIngest.Storage;

namespace HealthIngestion;

/// <summary>
/// What <c>ps</c> shows of this process. A command line is readable for everybody on the machine, so the secrets of
/// targets are overwritten there as soon as the process runs, as database clients do.
/// </summary>
internal static class ProcessTitle
{
    private static readonly string[] Options = ["--to=", "--to:", "--from=", "--from:"];

    /// <summary>Where /proc/PID/stat, after the name in parentheses, has the start and the end of the arguments.</summary>
    private const int ArgumentsStartField = 45, ArgumentsEndField = 46;

    public static void HideSecrets(string[] arguments)
    {
        string[] secrets = [.. arguments.SelectMany(Secrets).Where(s => s.Length > 0)];
        if (secrets.Length == 0 || !OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            Overwrite(secrets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // A system that does not let a process write to itself; the run is worth more than the title.
        }
    }

    /// <summary>
    /// The parts of an argument that may be secret: of a URL what stands before <c>@</c> and after <c>?</c>, of
    /// keywords all.
    /// </summary>
    internal static IEnumerable<string> Secrets(string argument)
    {
        int start = Options.FirstOrDefault(o => argument.StartsWith(o, StringComparison.Ordinal))?.Length ?? 0;
        int colon = argument.IndexOf(':', start);
        if (colon < 0 || !TargetRegistry.All.MayHoldSecret(argument.AsSpan(start)))
        {
            return [];
        }

        string rest = argument[(colon + 1)..];
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return [rest];
        }

        int query = rest.IndexOf('?', StringComparison.Ordinal);
        string place = query < 0 ? rest[2..] : rest[2..query];
        return [place[..Math.Max(0, place.LastIndexOf('@'))], query < 0 ? "" : rest[(query + 1)..]];
    }

    private static void Overwrite(string[] secrets)
    {
        string status = File.ReadAllText("/proc/self/stat");
        string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        long start = long.Parse(fields[ArgumentsStartField], CultureInfo.InvariantCulture);
        long end = long.Parse(fields[ArgumentsEndField], CultureInfo.InvariantCulture);
        using FileStream memory = new("/proc/self/mem", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        byte[] title = new byte[end - start];
        memory.Position = start;
        memory.ReadExactly(title);
        foreach (byte[] secret in secrets.Select(Encoding.UTF8.GetBytes))
        {
            for (int at = title.AsSpan().IndexOf(secret); at >= 0; at = title.AsSpan().IndexOf(secret))
            {
                title.AsSpan(at, secret.Length).Fill((byte)'*');
                if (secret.AsSpan().IndexOfAnyExcept((byte)'*') < 0)
                {
                    break;
                }
            }
        }

        memory.Position = start;
        memory.Write(title);
    }
}
