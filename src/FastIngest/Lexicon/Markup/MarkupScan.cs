using System.Buffers;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Markup;

/// <summary>
/// Finds the markup in a text: comments, tags that are markup by themselves, and start tags that have an end tag. The time is
/// proportional to the length of the text.
/// </summary>
internal ref struct MarkupScan
{
    private readonly ReadOnlySpan<byte> _text;

    // For each name, the index of the last start tag without an end tag so far, or -1. The tags of a name form a list.
    private readonly Span<int> _open;

    // For each name, whether the rest of the text has no end tag for a start tag of literal text.
    private readonly Span<bool> _withoutEnd;
    private Mark[] _marks = ArrayPool<Mark>.Shared.Rent(64);
    private int _count;
    private bool _hasNoCommentEnd;

    private MarkupScan(ReadOnlySpan<byte> text, Span<int> open, Span<bool> withoutEnd)
    {
        _text = text;
        _open = open;
        _withoutEnd = withoutEnd;
        _open.Fill(-1);
        _withoutEnd.Clear();
    }

    /// <summary>Appends a text without its markup and with decoded references; returns whether that changed anything.</summary>
    public static bool AppendCleaned(ReadOnlySpan<byte> text, TextBuffer output)
    {
        Span<int> open = stackalloc int[HtmlElements.Count];
        Span<bool> withoutEnd = stackalloc bool[HtmlElements.Count];
        MarkupScan scan = new(text, open, withoutEnd);
        try
        {
            scan.Read();
            return scan.AppendRest(output);
        }
        finally
        {
            ArrayPool<Mark>.Shared.Return(scan._marks);
        }
    }

    private readonly bool AppendRest(TextBuffer output)
    {
        bool changed = false;
        int end = 0;
        foreach (ref readonly Mark mark in _marks.AsSpan(0, _count))
        {
            if (!mark.IsRemoved || mark.Start < end)
            {
                continue;
            }

            changed = true;
            CharacterReferences.AppendDecoded(_text[end..mark.Start], output);
            end = mark.End;
            if (mark.IsBlank)
            {
                output.Append((byte)' ');
            }
        }

        return CharacterReferences.AppendDecoded(_text[end..], output) || changed;
    }

    private void Read()
    {
        int from = 0;
        while (_text[from..].IndexOf((byte)'<') is >= 0 and var found)
        {
            int start = from + found;
            ReadOnlySpan<byte> rest = _text[start..];
            from = start + 1;
            if (rest.StartsWith("<!--"u8))
            {
                int length = _hasNoCommentEnd ? -1 : rest[4..].IndexOf("-->"u8);
                _hasNoCommentEnd = length < 0;
                if (length >= 0)
                {
                    from = start + 4 + length + 3;
                    Add(new Mark(start, from, -1, true, false));
                }
            }
            else if (MarkupTag.TryRead(rest, out MarkupTag tag))
            {
                from = AddTag(start, tag);
            }
        }
    }

    /// <summary>Adds a tag; returns the offset at which the search for further markup goes on.</summary>
    private int AddTag(int start, in MarkupTag tag)
    {
        int end = start + tag.Length;
        bool isBlank = HtmlElements.SeparatesWords(tag.Name);
        int opened = _open[tag.Name];
        if (tag.IsEnd && opened >= 0)
        {
            ref Mark first = ref _marks[opened];
            _open[tag.Name] = first.Previous;
            first = first with { IsRemoved = true, End = HtmlElements.DropsContent(tag.Name) ? end : first.End };
        }

        bool isStart = !tag.IsEnd && !tag.IsEmpty;
        if (isStart && HtmlElements.HasLiteralContent(tag.Name) && FindEndTag(end, tag.Name) is { } literalEnd)
        {
            Add(new Mark(start, end, -1, true, isBlank));
            Add(new Mark(literalEnd.Start, literalEnd.End, -1, true, isBlank));
            return literalEnd.End;
        }

        Add(new Mark(start, end, opened, tag.IsComplete, isBlank));
        if (isStart)
        {
            _open[tag.Name] = _count - 1;
        }

        return end;
    }

    /// <summary>Finds the next end tag of a name. After a failure the rest of the text has none, so that it is not searched once more.</summary>
    private (int Start, int End)? FindEndTag(int from, int name)
    {
        while (!_withoutEnd[name] && _text[from..].IndexOf("</"u8) is >= 0 and var found)
        {
            from += found;
            if (MarkupTag.TryRead(_text[from..], out MarkupTag tag) && tag.Name == name)
            {
                return (from, from + tag.Length);
            }

            from++;
        }

        _withoutEnd[name] = true;
        return null;
    }

    private void Add(Mark mark)
    {
        if (_count == _marks.Length)
        {
            Mark[] larger = ArrayPool<Mark>.Shared.Rent(2 * _count);
            _marks.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<Mark>.Shared.Return(_marks);
            _marks = larger;
        }

        _marks[_count++] = mark;
    }

    /// <summary>A tag or a comment.</summary>
    /// <param name="Start">The offset of its first byte.</param>
    /// <param name="End">The offset after its last byte, or after its content if that is removed too.</param>
    /// <param name="Previous">The index of the start tag of the same name before it that had no end tag then, or -1.</param>
    /// <param name="IsRemoved">Whether it is markup.</param>
    /// <param name="IsBlank">Whether a blank takes its place.</param>
    private readonly record struct Mark(int Start, int End, int Previous, bool IsRemoved, bool IsBlank);
}
