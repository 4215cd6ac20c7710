using System.Data.Common;
using System.Net.Sockets;
using FastIngest;
using FastIngest.Pipeline.Tasks;
using HealthIngestion.Exit;

namespace HealthIngestion.Runs;

/// <summary>Says of which faults a scheduler should try a task again: storage or a server may be gone for a while.</summary>
internal static class TaskFaults
{
    /// <summary>Does the work of a task; a fault that may pass is marked as such.</summary>
    public static T Mark<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (Marked(fault) is { } marked)
        {
            throw marked;
        }
    }

    /// <summary>What a note in the work folder says of a fault: the line and the exit code of the process.</summary>
    public static TaskFault Describe(Exception fault)
    {
        Exception reported = Marked(fault) ?? fault;
        return new TaskFault(Faults.Line(reported), Faults.CodeOf(reported));
    }

    /// <summary>The same fault, marked; null if it stays as it is.</summary>
    private static IngestException? Marked(Exception fault) => fault switch
    {
        UsageException or OperationCanceledException or IngestException { MayPass: true } => null,
        _ when !MayPass(fault) => null,
        IngestException known => new IngestException(known.Message, known.Remedy, known.InnerException) { MayPass = true },
        _ => new IngestException(Faults.Line(fault), "The task may be tried again.", fault) { MayPass = true },
    };

    private static bool MayPass(Exception? fault) => fault switch
    {
        null => false,
        AggregateException { InnerExceptions: { } several } => several.All(MayPass),
        DbException { IsTransient: true } or SocketException => true,
        FileNotFoundException or DirectoryNotFoundException or EndOfStreamException or PathTooLongException => false,
        IOException => true,
        _ => MayPass(fault.InnerException),
    };
}
