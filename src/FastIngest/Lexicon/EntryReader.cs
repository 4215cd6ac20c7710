using FastIngest.Json;
using FastIngest.Json.Structural;

namespace FastIngest.Lexicon;

/// <summary>Finds the texts of an entry in its record and skips the rest.</summary>
internal sealed class EntryReader(EntryFields fields) : IValueReader
{
    public void Read<TCursor>(ref TCursor cursor)
        where TCursor : struct, IValueCursor, allows ref struct
    {
        fields.Clear();
        if (cursor.First != '{')
        {
            cursor.Skip();
            return;
        }

        fields.IsObject = true;
        cursor.Enter();
        while (cursor.NextMember(out ReadOnlySpan<byte> name))
        {
            int index = EntryFields.Find(name);
            switch (index)
            {
                case < 0:
                    cursor.Skip();
                    break;
                case EntryFields.Senses:
                    fields.TruncateGlosses(0);
                    ReadSenses(ref cursor);
                    break;
                case EntryFields.Sounds:
                    fields.SoundIpa = default;
                    ReadSounds(ref cursor);
                    break;
                case EntryFields.Redirects:
                    fields.RedirectTargets.Clear();
                    ReadRedirects(ref cursor);
                    break;
                default:
                    fields[index] = StringOrMissing(ref cursor);
                    break;
            }
        }
    }

    private void ReadSenses<TCursor>(ref TCursor cursor)
        where TCursor : struct, IValueCursor, allows ref struct
    {
        if (cursor.First != '[')
        {
            cursor.Skip();
            return;
        }

        cursor.Enter();
        while (cursor.NextItem())
        {
            if (cursor.First != '{')
            {
                cursor.Skip();
                continue;
            }

            int before = fields.GlossCount;
            cursor.Enter();
            while (cursor.NextMember(out ReadOnlySpan<byte> name))
            {
                if (name.SequenceEqual("glosses"u8))
                {
                    fields.TruncateGlosses(before);
                    ReadGlosses(ref cursor);
                }
                else
                {
                    cursor.Skip();
                }
            }
        }
    }

    private void ReadGlosses<TCursor>(ref TCursor cursor)
        where TCursor : struct, IValueCursor, allows ref struct
    {
        if (cursor.First != '[')
        {
            cursor.Skip();
            return;
        }

        cursor.Enter();
        while (cursor.NextItem())
        {
            Field gloss = StringOrMissing(ref cursor);
            if (gloss.Kind != FieldKind.Missing)
            {
                fields.AddGloss(gloss);
            }
        }
    }

    private void ReadSounds<TCursor>(ref TCursor cursor)
        where TCursor : struct, IValueCursor, allows ref struct
    {
        if (cursor.First != '[')
        {
            cursor.Skip();
            return;
        }

        cursor.Enter();
        while (cursor.NextItem())
        {
            if (fields.SoundIpa.Kind != FieldKind.Missing || cursor.First != '{')
            {
                cursor.Skip();
                continue;
            }

            cursor.Enter();
            while (cursor.NextMember(out ReadOnlySpan<byte> name))
            {
                if (name.SequenceEqual("ipa"u8))
                {
                    fields.SoundIpa = StringOrMissing(ref cursor);
                }
                else
                {
                    cursor.Skip();
                }
            }
        }
    }

    private void ReadRedirects<TCursor>(ref TCursor cursor)
        where TCursor : struct, IValueCursor, allows ref struct
    {
        if (cursor.First != '[')
        {
            cursor.Skip();
            return;
        }

        cursor.Enter();
        while (cursor.NextItem())
        {
            Field target = StringOrMissing(ref cursor);
            if (target.Kind != FieldKind.Missing)
            {
                fields.RedirectTargets.Add(target);
            }
        }
    }

    private static Field StringOrMissing<TCursor>(ref TCursor cursor)
        where TCursor : struct, IValueCursor, allows ref struct
    {
        if (cursor.First == '"')
        {
            return cursor.TakeString();
        }

        cursor.Skip();
        return default;
    }
}
