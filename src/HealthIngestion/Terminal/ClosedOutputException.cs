namespace HealthIngestion.Terminal;

/// <summary>
/// The reader of standard output, such as <c>head</c>, has what it wants and closed the pipe. This is no fault: the run ends in
/// silence with exit code 0.
/// </summary>
internal sealed class ClosedOutputException() : IOException("The reader of standard output closed it.")
{
    /// <summary>Whether a fault has this cause.</summary>
    public static bool Caused(Exception? fault)
    {
        while (fault is not null and not ClosedOutputException)
        {
            fault = fault.InnerException;
        }

        return fault is not null;
    }
}
