using FastIngest.Sources;

namespace FastIngest.Dialects.Fhir;

/// <summary>The entries of a Bundle.</summary>
/// <param name="file">The file.</param>
/// <param name="start">The offset after the opening bracket, in bytes.</param>
internal sealed class BundleEntries(SourceFile file, long start)
{
    private long? _end;

    /// <summary>Returns the offset after the closing bracket; -1 when the file ends before.</summary>
    /// <param name="last">The position after the last entry that was read. It decides for a decompressed file, whose memory is released behind it.</param>
    public long FindEnd(FramePosition last)
    {
        if (file.IsPacked)
        {
            return last.State.IsDone() || last.State.Braces() > 0 ? last.Offset : -1;
        }

        using JsonSkim skim = new(file) { Position = start - 1 };
        return _end ??= skim.Skip() ? skim.Position : -1;
    }
}
