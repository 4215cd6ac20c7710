using System.Runtime.InteropServices;
using HealthIngestion.Terminal;

namespace HealthIngestion.Exit;

/// <summary>
/// SIGINT and SIGTERM. The first cancels the run, which then has less than two seconds to clean up; the second, or
/// the end of that time, ends the process at once, as a kill would: sinks show their rows only when complete.
/// SIGXFSZ, which a limit on the size of files gives, is taken, so that the write fails and says so.
/// </summary>
internal sealed partial class StopSignal : IDisposable
{
    private const int GraceMs = 1800;
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration _interrupt, _terminate, _fileTooLarge;
    private readonly Log _log;
    private int _count;

    public StopSignal(Log log)
    {
        _log = log;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _fileTooLarge = PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true);
    }

    public CancellationToken Token => _cancellation.Token;

    /// <summary>The signal's name once one came.</summary>
    public string? Name { get; private set; }

    public int ExitCode { get; private set; }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _fileTooLarge.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Name is null)
        {
            // Before it is counted: a second signal, which may be handled at the same time, ends the process with this code.
            bool isInterrupt = context.Signal == PosixSignal.SIGINT;
            ExitCode = isInterrupt ? Exit.ExitCode.Interrupted : Exit.ExitCode.Terminated;
            Name = isInterrupt ? "SIGINT" : "SIGTERM";
        }

        if (Interlocked.Increment(ref _count) > 1)
        {
            EndNow("stopped at once; run the same command again");
        }

        // Threads of their own: the pool may be busy with the very work that is to stop.
        new Thread(_cancellation.Cancel) { IsBackground = true }.Start();
        new Thread(() =>
        {
            Thread.Sleep(GraceMs);
            EndNow($"stopped by {Name}; the run did not end in time and was cut off; run the same command again");
        })
        { IsBackground = true }.Start();
    }

    private void EndNow(string message)
    {
        if (ErrorTerminal.IsInteractive)
        {
            ErrorTerminal.ShowCursor();
        }

        _log.Error(message);
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(ExitCode);
        }

        ExitWithoutCleanup(ExitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitWithoutCleanup(int code);
}
