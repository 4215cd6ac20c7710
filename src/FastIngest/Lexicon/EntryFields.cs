using FastIngest.Json;

namespace FastIngest.Lexicon;

/// <summary>
/// The places of an entry's texts in its record; reused for every record. Only strings are stored: a field of another type
/// counts as missing. The last value of a repeated name counts.
/// </summary>
internal sealed class EntryFields
{
    // The top-level string fields of a record.
    public const int Word = 0, Headword = 1, LangCode = 2, Lang = 3, Language = 4, Pos = 5, PosTag = 6, Ipa = 7, Definition = 8, EtymologyText = 9, Etymology = 10, Title = 11, Redirect = 12;

    /// <summary>The top-level list fields.</summary>
    public const int Senses = 13, Sounds = 14, Redirects = 15;

    private const int InitialGlosses = 64, MaxRetainedGlosses = 16 * 1024;

    private readonly Field[] _fields = new Field[Senses];
    private Field[] _glosses = new Field[InitialGlosses];

    /// <summary>Whether the record is an object.</summary>
    public bool IsObject { get; set; }

    /// <summary>The glosses of all senses, in order.</summary>
    public ReadOnlySpan<Field> Glosses => _glosses.AsSpan(0, GlossCount);

    public int GlossCount { get; private set; }

    /// <summary>The first <c>ipa</c> in the list of sounds.</summary>
    public Field SoundIpa { get; set; }

    /// <summary>The strings in the list of redirects.</summary>
    public List<Field> RedirectTargets { get; } = [];

    public ref Field this[int index] => ref _fields[index];

    /// <summary>Returns the index of a top-level field, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => name.SequenceEqual("pos"u8) ? Pos : name.SequenceEqual("ipa"u8) ? Ipa : -1,
        4 => name.SequenceEqual("word"u8) ? Word : name.SequenceEqual("lang"u8) ? Lang : -1,
        5 => name.SequenceEqual("title"u8) ? Title : -1,
        6 => name.SequenceEqual("senses"u8) ? Senses : name.SequenceEqual("sounds"u8) ? Sounds : -1,
        7 => name.SequenceEqual("pos_tag"u8) ? PosTag : -1,
        8 => name.SequenceEqual("headword"u8) ? Headword : name.SequenceEqual("language"u8) ? Language : name.SequenceEqual("redirect"u8) ? Redirect : -1,
        9 => name.SequenceEqual("lang_code"u8) ? LangCode : name.SequenceEqual("etymology"u8) ? Etymology : name.SequenceEqual("redirects"u8) ? Redirects : -1,
        10 => name.SequenceEqual("definition"u8) ? Definition : -1,
        14 => name.SequenceEqual("etymology_text"u8) ? EtymologyText : -1,
        _ => -1,
    };

    public void Clear()
    {
        IsObject = false;
        Array.Clear(_fields);
        GlossCount = 0;
        SoundIpa = default;
        RedirectTargets.Clear();
        if (_glosses.Length > MaxRetainedGlosses)
        {
            _glosses = new Field[InitialGlosses];
        }
    }

    public void AddGloss(Field gloss)
    {
        if (GlossCount == _glosses.Length)
        {
            Array.Resize(ref _glosses, 2 * GlossCount);
        }

        _glosses[GlossCount++] = gloss;
    }

    /// <summary>Removes the glosses after the first <paramref name="count"/>; a later list of the same name replaces them.</summary>
    public void TruncateGlosses(int count) => GlossCount = count;
}
