using System.Data.Common;
using System.Net.Sockets;
using FastIngest;
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
        catch (Exception fault) when (fault is not (UsageException or OperationCanceledException or IngestException { MayPass: true }) && MayPass(fault))
        {
            throw fault is IngestException known
                ? new IngestException(known.Message, known.Remedy, known.InnerException) { MayPass = true }
                : new IngestException(Faults.Line(fault), "The task may be tried again.", fault) { MayPass = true };
        }
    }

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
