using FastIngest.Json;

namespace FastIngest.Lexicon;

/// <summary>
/// Where in a record the texts are that an entry is made of; reused from record to record. Only strings are here: a field
/// of another type is missing. Of a repeated name the last value stands.
/// </summary>
internal sealed class EntryFields
{
    /// <summary>The fields of the record itself, in this order.</summary>
    public static readonly FieldNames Names = new(
        false, "word", "headword", "lang_code", "lang", "language", "pos", "pos_tag", "ipa", "definition", "etymology_text", "etymology", "senses", "sounds");

    public const int Word = 0, Headword = 1, LangCode = 2, Lang = 3, Language = 4, Pos = 5, PosTag = 6, Ipa = 7, Definition = 8, EtymologyText = 9, Etymology = 10;

    /// <summary>Fields that are lists, and what is looked for in them.</summary>
    public const int Senses = 11, Sounds = 12;

    private readonly Field[] _fields = new Field[Senses];
    private Field[] _glosses = new Field[64];

    /// <summary>Of all senses, in order.</summary>
    public ReadOnlySpan<Field> Glosses => _glosses.AsSpan(0, GlossCount);

    public int GlossCount { get; private set; }

    /// <summary>The first <c>ipa</c> of the sounds.</summary>
    public Field SoundIpa { get; set; }

    public ref Field this[int index] => ref _fields[index];

    public void Clear()
    {
        Array.Clear(_fields);
        GlossCount = 0;
        SoundIpa = default;
    }

    public void AddGloss(Field gloss)
    {
        if (GlossCount == _glosses.Length)
        {
            Array.Resize(ref _glosses, 2 * GlossCount);
        }

        _glosses[GlossCount++] = gloss;
    }

    /// <summary>Forgets the glosses behind a count, as a later list of the same name takes their place.</summary>
    public void KeepGlosses(int count) => GlossCount = count;
}
