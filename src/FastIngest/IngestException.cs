namespace FastIngest;

/// <summary>
/// A fault that ends the run and that the user can fix. <see cref="Exception.Message"/> describes the fault and its place in
/// one line; <see cref="Remedy"/> describes in one sentence how to fix it.
/// </summary>
public sealed class IngestException : Exception
{
    public IngestException(string message, string remedy, Exception? inner = null)
        : base(message, inner) => Remedy = remedy;

    public string Remedy { get; }

    /// <summary>Whether the same command may succeed later without a change, such as after another task has ended.</summary>
    public bool MayPass { get; init; }
}
