using System.Text.Json;

namespace FastIngest.Generate;

/// <summary>A record split into its members, so that a quirk can change them, and then rendered in its style.</summary>
internal sealed class QuirkRecord(GeneratorStyle style)
{
    private readonly StyleText _text = StyleText.Of(style);

    /// <summary>The keys (in quotes) and values as written in the file.</summary>
    public List<(byte[] Key, byte[] Value)> Members { get; } = [];

    public GeneratorStyle Style => style;

    public Person Person { get; private set; } = null!;

    /// <summary>White space before the record.</summary>
    public byte[] Before { get; set; } = [];

    public byte[] Colon { get; set; } = [];

    /// <summary>The bytes after the last member; empty for a truncated record.</summary>
    public byte[] Close { get; set; } = [];

    /// <summary>If set, these bytes replace the whole record.</summary>
    public byte[]? Replacement { get; set; }

    public void Take(ReadOnlySpan<byte> json, Person person)
    {
        Person = person;
        Before = [];
        Colon = _text.Colon;
        Close = _text.Close;
        Replacement = null;
        Members.Clear();
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            byte[] key = json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2).ToArray();
            reader.Read();
            int valueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            Members.Add((key, json[valueStart..(int)reader.BytesConsumed].ToArray()));
        }
    }

    public byte[] Render()
    {
        if (Replacement is not null)
        {
            return Replacement;
        }

        List<byte> bytes = [.. Before, (byte)'{'];
        for (int i = 0; i < Members.Count; i++)
        {
            bytes.AddRange(i == 0 ? _text.FirstField : _text.NextField);
            bytes.AddRange(Members[i].Key);
            bytes.AddRange(Members[i].Value.Length == 0 ? [] : Colon);
            bytes.AddRange(Members[i].Value);
        }

        bytes.AddRange(Close);
        return [.. bytes];
    }

    /// <summary>The index of the member with this key, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> quotedKey)
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (Members[i].Key.AsSpan().SequenceEqual(quotedKey))
            {
                return i;
            }
        }

        return -1;
    }

    public int IndexOfUserId => IndexOf("\"user_id\""u8);

    /// <summary>The index of the member that contains the day; -1 for users.</summary>
    public int IndexOfDay => Math.Max(IndexOf("\"date\""u8), IndexOf("\"date_time\""u8));

    /// <summary>The index of a random member with a non-empty string; every record has one.</summary>
    public int AnyString(ref RandomSource random) => Any(static value => value[0] == '"' && value.Length > 2, ref random);

    /// <summary>The index of a random member with a number, or -1.</summary>
    public int AnyNumber(ref RandomSource random) => Any(static value => value[0] is >= (byte)'0' and <= (byte)'9', ref random);

    public void SetValue(int index, ReadOnlySpan<byte> value) => Members[index] = (Members[index].Key, value.ToArray());

    private int Any(Func<byte[], bool> wanted, ref RandomSource random)
    {
        int skip = random.Below(Math.Max(1, Members.Count(member => wanted(member.Value))));
        return Members.FindIndex(member => wanted(member.Value) && skip-- == 0);
    }
}
