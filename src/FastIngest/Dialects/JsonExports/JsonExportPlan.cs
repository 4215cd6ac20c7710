using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.JsonExports;

/// <summary>
/// The chunks of one sequence of JSON objects: an array, an array in an object, or one object after another. A file with several
/// arrays has a part for each.
/// </summary>
internal sealed class JsonExportPlan : FilePlan
{
    /// <summary>The layout of the objects.</summary>
    public required JsonLayout Layout { get; init; }

    /// <summary>The state assumed at the guessed start of every chunk after the first.</summary>
    public required FrameState GuessedState { get; init; }

    /// <summary>The bytes between two objects.</summary>
    public required Separator Separator { get; init; }

    /// <summary>The categories of the records.</summary>
    public required uint Bits { get; init; }

    /// <summary>Finds the next part after the position behind the last object; null when the file has one part.</summary>
    public Func<JsonExportPlan, FramePosition, PartEnd>? FindNext { get; init; }

    public override uint CategoryBits => Bits;

    /// <summary>Plans a sequence of objects.</summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="file">The file.</param>
    /// <param name="head">The position of the first object: in <see cref="FrameState.Top"/> before an array or an object, in <see cref="FrameState.Wrapped"/> after the bracket of an array in an object.</param>
    /// <param name="layout">The layout of the objects.</param>
    /// <param name="categories">The categories of the records.</param>
    /// <param name="chunkBytes">The requested chunk size in bytes.</param>
    /// <param name="maxRecordBytes">The maximum size of an object in bytes.</param>
    /// <param name="part">The index of the part.</param>
    /// <param name="findNext">Finds the next part; null when the file has one part.</param>
    public static JsonExportPlan At(
        Dialect dialect, SourceFile file, FramePosition head, JsonLayout layout, ReadOnlySpan<Category> categories, long chunkBytes, int maxRecordBytes,
        int part = 0, Func<JsonExportPlan, FramePosition, PartEnd>? findNext = null)
    {
        (Separator separator, FrameState state) = (Separator.None, head.State);
        if (file.Length - head.Offset > chunkBytes)
        {
            // In a file of one chunk there is no other start to guess.
            using FileWindow window = new();
            window.Attach(file);
            window.MoveTo(head.Offset, Dialect.HeadBytes);
            separator = Separator.Learn(window, head, maxRecordBytes, out state);
        }

        uint bits = 1u << (int)Category.Samples;
        foreach (Category category in categories)
        {
            bits |= 1u << (int)category;
        }

        return new JsonExportPlan
        {
            Dialect = dialect,
            File = file,
            Category = Category.Samples,
            Head = head,
            Part = part,
            ChunkBytes = chunkBytes,
            Layout = layout,
            GuessedState = state,
            Separator = separator,
            Bits = bits,
            FindNext = findNext,
        };
    }

    public override bool IsShareable => FindNext is null && base.IsShareable;

    public override PartEnd Finish(FramePosition last)
    {
        if (FindNext is not null)
        {
            PartEnd end = FindNext(this, last);
            if (end.Next is { } next)
            {
                (next.FileIndex, next.Repeats, next.User, next.IsOfOneUser) = (FileIndex, Repeats, User, IsOfOneUser);
            }

            return end;
        }

        return last.State is FrameState.Array or FrameState.Wrapped ? new PartEnd(null, true, []) : PartEnd.Complete;
    }
}
