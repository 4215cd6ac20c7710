using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryJson;

/// <summary>
/// The chunks of an array in a JSON file, and the properties of its head that help to guess where records start. A wrapper
/// object may have several arrays with the names of categories; each of them is a part of the file.
/// </summary>
internal sealed class JsonFilePlan : FilePlan
{
    /// <summary>The state assumed at the guessed start of every chunk after the first.</summary>
    public required FrameState GuessedState { get; init; }

    /// <summary>The bytes between its records.</summary>
    public required Separator Separator { get; init; }

    /// <summary>The wrapper object around the array; null without one.</summary>
    public required Wrapper? Wrapper { get; init; }

    /// <summary>The category by the name of the file, and the name of the array that was read as it; null when all arrays are named after categories.</summary>
    private (Category Category, string Name)? Plain { get; set; }

    /// <summary>Whether the part is in another wrapper object after the end of the first.</summary>
    private bool IsInNextWrapper { get; set; }

    /// <summary>The arrays and records of the wrapper before the one that is read first.</summary>
    public IReadOnlyList<UnreadFile> UnreadBefore { get; set; } = [];

    public override uint CategoryBits => Wrapper is null ? base.CategoryBits : (1u << Categories.Count) - 1;

    /// <summary>The maximum size of a record in bytes.</summary>
    public required int MaxRecordBytes { get; init; }

    /// <summary>Plans the part of a file that begins at a position.</summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="file">The file.</param>
    /// <param name="category">The category of the file; the name of an array may specify another one.</param>
    /// <param name="head">The position of the first record.</param>
    /// <param name="wrapper">The wrapper object around the records; null without one.</param>
    /// <param name="part">The index of the part.</param>
    /// <param name="window">The window on the file, which shows the beginning of the part.</param>
    /// <param name="chunkBytes">The requested chunk size in bytes.</param>
    /// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
    public static JsonFilePlan At(
        Dialect dialect, SourceFile file, Category category, FramePosition head, Wrapper? wrapper, int part, FileWindow window, long chunkBytes, int maxRecordBytes)
    {
        // In a part of one chunk there is no other start to guess.
        FrameState state = head.State;
        bool hasOneChunk = head.State == FrameState.Single || file.Length - (part == 0 ? 0 : head.Offset) <= chunkBytes;
        Separator separator = hasOneChunk ? Separator.None : Separator.Learn(window, head, maxRecordBytes, out state);
        return new JsonFilePlan
        {
            Dialect = dialect,
            File = file,
            Category = wrapper is null ? category : Categories.Parse(wrapper.Key) ?? category,
            Head = head,
            Part = part,
            ChunkBytes = chunkBytes,
            GuessedState = state,
            Separator = separator,
            Wrapper = wrapper,
            MaxRecordBytes = maxRecordBytes,
            Plain = wrapper is null || Categories.Parse(wrapper.Key) is not null ? null : (category, wrapper.Key),
        };
    }

    public override bool IsShareable => Wrapper is null && base.IsShareable;

    public override PartEnd Finish(FramePosition last)
    {
        if (Wrapper is null)
        {
            return new PartEnd(null, last.State == FrameState.Array, []);
        }

        if (last.State == FrameState.Wrapped)
        {
            return new PartEnd(null, true, UnreadBefore);
        }

        using WrapperScan scan = new(File) { ReadsObjects = true };
        WrapperRest rest = scan.Scan(
            last.Offset,
            Wrapper.Depth - last.State.Braces(),
            name => Part + 1 < RepeatRule.MaxParts && (Categories.Parse(name) is not null || ((IsInNextWrapper || scan.IsInNextWrapper) && name == Plain?.Name)));
        IReadOnlyList<UnreadFile> unread = [.. UnreadBefore, .. rest.Unread];
        if (rest.Array is not { } array)
        {
            return new PartEnd(null, !rest.IsClosed, unread);
        }

        using FileWindow window = new();
        window.Attach(File);
        window.MoveTo(array.Offset, Dialect.HeadBytes);
        JsonFilePlan next = At(Dialect, File, Plain?.Category ?? Category, array, rest.Wrapper, Part + 1, window, ChunkBytes, MaxRecordBytes);
        (next.FileIndex, next.Repeats, next.User, next.Plain) = (FileIndex, Repeats, User, Plain);
        next.IsInNextWrapper = IsInNextWrapper || scan.IsInNextWrapper;
        return new PartEnd(next, false, unread);
    }
}
