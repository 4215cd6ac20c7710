using FastIngest;
using HealthIngestion.Terminal;

namespace HealthIngestion.Exit;

/// <summary>Describes any fault in one line: what, where, and what to do.</summary>
internal static class Faults
{
    /// <summary>Logs a fault and returns the exit code. A fault of several targets has a line for each; a closed standard output is none.</summary>
    public static int Explain(Exception fault, Log log)
    {
        Exception[] faults = [.. (fault is AggregateException several ? several.InnerExceptions.AsEnumerable() : [fault]).Where(f => !ClosedOutputException.Caused(f))];
        if (faults.Length == 0)
        {
            return ExitCode.Done;
        }

        foreach (Exception one in faults)
        {
            log.Error(Line(one));
        }

        if (fault is not UsageException)
        {
            log.Block(LogLevel.Debug, "stack", fault.ToString());
        }

        return CodeOf(fault, faults);
    }

    /// <summary>The exit code of a fault.</summary>
    public static int CodeOf(Exception fault) => CodeOf(fault, fault is AggregateException several ? [.. several.InnerExceptions] : [fault]);

    private static int CodeOf(Exception fault, Exception[] faults) =>
        fault is UsageException ? ExitCode.Usage : Array.TrueForAll(faults, f => f is IngestException { MayPass: true }) ? ExitCode.MayPass : ExitCode.Failed;

    /// <summary>Makes what an option names; a value that makes no sense is wrong usage.</summary>
    /// <param name="option">The option, or the environment variable that replaces it.</param>
    /// <param name="make">Makes it.</param>
    /// <exception cref="UsageException">It cannot be made.</exception>
    public static T AsUsage<T>(string option, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (IngestException wrong)
        {
            throw new UsageException($"{option}: {wrong.Message.TrimEnd('.')}. {wrong.Remedy.TrimEnd('.')}");
        }
    }

    public static string Line(Exception fault) => Root(fault) switch
    {
        UsageException usage => $"{usage.Message} (see health_ingestion --help)",
        IngestException known => Sentence(known.Message) + " " + Sentence(known.Remedy),
        OutOfMemoryException => "not enough memory. Use fewer --workers or a smaller --chunk-size, or give the process more memory.",
        UnauthorizedAccessException denied => Sentence(denied.Message) + " Check the permissions, or choose another place.",
        FileNotFoundException or DirectoryNotFoundException => Sentence(fault.Message) + " Check the path.",
        IOException io => Sentence(io.Message) + " Check the disk and the permissions, then run the same command again.",
        Exception other => $"unexpected {other.GetType().Name}: {Sentence(other.Message)} This is a bug; --log-level debug shows where.",
    };

    private static Exception Root(Exception fault) =>
        fault is AggregateException { InnerExceptions.Count: > 0 } many ? Root(many.InnerExceptions[0]) : fault;

    private static string Sentence(string text)
    {
        string line = Log.OneLine(text).TrimEnd();
        return line.Length == 0 || line[^1] is '.' or '!' or '?' ? line : line + ".";
    }
}
