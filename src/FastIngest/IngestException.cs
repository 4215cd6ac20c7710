namespace FastIngest;

/// <summary>
/// A run that cannot go on for a reason the user can act on. <see cref="Exception.Message"/> says what is wrong and
/// where, in one line; <see cref="Remedy"/> says what to do about it, in one sentence.
/// </summary>
public sealed class IngestException : Exception
{
    public IngestException(string message, string remedy, Exception? inner = null)
        : base(message, inner) => Remedy = remedy;

    public string Remedy { get; }
}
