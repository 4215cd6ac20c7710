namespace FastIngest.Sources;

/// <summary>A file under the given paths, or a part of one, that a run does not read.</summary>
/// <param name="Path">The path shown to the user; the path of a folder ends with a slash.</param>
/// <param name="Reason">Why it is not read, as a phrase.</param>
/// <param name="Guess">What the user may have meant; null without a guess.</param>
/// <param name="IsExpected">Whether the name says that the file holds data of the run, so that data is probably missing.</param>
public sealed record UnreadFile(string Path, string Reason, string? Guess = null, bool IsExpected = false)
{
    public override string ToString() => $"{Path}: not read: {Reason}{(Guess is null ? "" : $"; did you mean {Guess}?")}";
}
