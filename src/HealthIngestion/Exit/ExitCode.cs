namespace HealthIngestion.Exit;

/// <summary>The exit codes of the process; docs/commands.md lists the same numbers.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The run failed; its reason is one line on standard error, and nothing is half-written.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>
    /// All records of a file were rejected; or <c>--strict</c>, and a record was rejected, a field is not read or a number cannot be
    /// read. The output is complete all the same.
    /// </summary>
    public const int Rejected = 3;

    /// <summary>Some summaries could not be delivered to an API; they stay stored, and <c>push</c> sends them.</summary>
    public const int Undelivered = 4;

    /// <summary>A task of a planned run cannot go on now, but may later: a task before it is missing, or storage or a server is gone. EX_TEMPFAIL of sysexits.h.</summary>
    public const int MayPass = 75;

    /// <summary>128 plus the number of the signal that stopped the run.</summary>
    public const int Interrupted = 130, Terminated = 143;
}
