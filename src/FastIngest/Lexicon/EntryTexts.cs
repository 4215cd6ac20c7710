using FastIngest.Json;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon;

/// <summary>The decoded and cleaned texts of one entry; reused for every entry.</summary>
internal sealed class EntryTexts
{
    private static readonly int ColumnCount = Enum.GetValues<EntryColumn>().Length;

    private readonly TextBuffer[] _columns = [.. Enumerable.Range(0, ColumnCount).Select(_ => new TextBuffer())];
    private readonly DistinctTexts _glosses = new();
    private TextBuffer _source = new();
    private TextBuffer _cleaned = new();

    public int RemovedNuls { get; private set; }

    /// <summary>Whether the source pronunciation has equal numbers of <c>[</c> and <c>]</c>.</summary>
    public bool IpaBracketsMatch { get; private set; }

    /// <summary>Whether the record points to another entry; its definition is then the headword of that entry.</summary>
    public bool IsRedirect { get; private set; }

    public ReadOnlySpan<byte> this[EntryColumn column] => _columns[(int)column].Text;

    public void Clear()
    {
        foreach (TextBuffer column in _columns)
        {
            column.Clear();
        }

        _source.Clear();
        _cleaned.Clear();
        RemovedNuls = 0;
        IpaBracketsMatch = true;
    }

    /// <summary>Creates all texts from the fields of a record.</summary>
    public void Clean(ReadOnlySpan<byte> record, EntryFields fields)
    {
        IsRedirect = RedirectRule.IsRedirect(record, fields);
        Field word = FirstOf(fields[EntryFields.Word], fields[EntryFields.Headword]);
        Take(record, IsRedirect ? FirstOf(word, fields[EntryFields.Title]) : word);
        Clean(EntryColumn.Headword);
        _source.Clear();
        _source.Append(this[EntryColumn.Headword]);
        Clean(EntryColumn.HeadwordKey);
        Take(record, FirstOf(FirstOf(fields[EntryFields.LangCode], fields[EntryFields.Lang]), fields[EntryFields.Language]));
        if (IsRedirect && _source.Length == 0)
        {
            _source.Append(RedirectRule.UnknownLanguage);
        }

        Clean(EntryColumn.Language);
        Take(record, FirstOf(fields[EntryFields.Pos], fields[EntryFields.PosTag]));
        if (IsRedirect)
        {
            _source.Clear();
            _source.Append(RedirectRule.KindOf(record, fields));
        }

        Clean(EntryColumn.Pos);
        Take(record, FirstOf(fields.SoundIpa, fields[EntryFields.Ipa]));
        IpaBracketsMatch = _source.Text.Count((byte)'[') == _source.Text.Count((byte)']');
        Clean(EntryColumn.Ipa);
        if (IsRedirect)
        {
            // The targets are headwords, and are cleaned like these.
            TakeTargets(record, fields);
            Clean(EntryColumn.Definition, CleaningSteps.Of(EntryColumn.Headword));
        }
        else
        {
            TakeDefinition(record, fields);
            Clean(EntryColumn.Definition);
        }

        Take(record, FirstOf(fields[EntryFields.EtymologyText], fields[EntryFields.Etymology]));
        Clean(EntryColumn.Etymology);
    }

    private static Field FirstOf(Field first, Field second) => first.Kind != FieldKind.Missing ? first : second;

    private void TakeDefinition(ReadOnlySpan<byte> record, EntryFields fields)
    {
        if (fields.GlossCount == 0)
        {
            Take(record, fields[EntryFields.Definition]);
            return;
        }

        if (fields.GlossCount == 1)
        {
            Take(record, fields.Glosses[0]);
            return;
        }

        _source.Clear();
        _glosses.Clear();
        foreach (Field gloss in fields.Glosses)
        {
            AppendDistinct(record, gloss);
        }
    }

    private void TakeTargets(ReadOnlySpan<byte> record, EntryFields fields)
    {
        _source.Clear();
        _glosses.Clear();
        if (fields[EntryFields.Redirect].Length > 0)
        {
            AppendDistinct(record, fields[EntryFields.Redirect]);
        }

        foreach (Field target in fields.RedirectTargets)
        {
            AppendDistinct(record, target);
        }
    }

    /// <summary>Appends a text, with a separator before it, unless the same text was appended before.</summary>
    private void AppendDistinct(ReadOnlySpan<byte> record, Field field)
    {
        int start = _source.Length;
        if (start > 0 || _glosses.Count > 0)
        {
            _source.Append(" | "u8);
        }

        int textStart = _source.Length;
        AppendField(record, field);
        if (!_glosses.Add(_source.Text, textStart))
        {
            _source.Truncate(start);
        }
    }

    private void Take(ReadOnlySpan<byte> record, Field field)
    {
        _source.Clear();
        AppendField(record, field);
    }

    /// <summary>Appends the decoded text of a field without U+0000, which only an escape can produce.</summary>
    private void AppendField(ReadOnlySpan<byte> record, Field field)
    {
        ReadOnlySpan<byte> text = record.Slice(field.Start, field.Length);
        Span<byte> place = _source.GetSpan(text.Length);
        if (field.Kind != FieldKind.EscapedString)
        {
            text.CopyTo(place);
            _source.Advance(text.Length);
            return;
        }

        int length = JsonString.Unescape(text, place);
        int kept = 0;
        for (int i = 0; i < length; i++)
        {
            if (place[i] != 0)
            {
                place[kept++] = place[i];
            }
        }

        RemovedNuls += length - kept;
        _source.Advance(kept);
    }

    private void Clean(EntryColumn column) => Clean(column, CleaningSteps.Of(column));

    private void Clean(EntryColumn column, ReadOnlySpan<CleaningStep> steps)
    {
        // An empty text stays empty.
        foreach (CleaningStep step in _source.Length > 0 ? steps : [])
        {
            _cleaned.Clear();
            _cleaned.ExpectedLength = _source.Length;
            if (step.Clean(_source.Text, _cleaned))
            {
                (_source, _cleaned) = (_cleaned, _source);
            }
        }

        // The column takes the buffer. The column's old, empty buffer becomes the next source.
        (_columns[(int)column], _source) = (_source, _columns[(int)column]);
    }
}
