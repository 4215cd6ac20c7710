using System.Text.Json;

namespace FastIngest.Tests.Support;

/// <summary>Changes a record in ways in which real and hostile records differ from earlier ones.</summary>
internal static class Mutations
{
    private static readonly byte[] Signs = [.. "{}[]\",:\\/ \n\r\t0123456789.-+eEtrufalsn\0\x1f\x7f"u8, 0x80, 0xC3, 0xE2, 0xED, 0xF0, 0xFF];

    private static readonly byte[][] Values = [.. MakeValues()];

    /// <summary>Returns a record with up to three changes.</summary>
    public static byte[] Mutate(Random random, byte[] record)
    {
        for (int i = random.OneIn(3) ? 3 : 1; i > 0; i--)
        {
            record = random.Next(10) switch
            {
                0 or 1 or 2 => ChangeBytes(random, record),
                3 => record.Length > 0 && random.OneIn(2) ? record[..random.Next(record.Length)] : ReplaceAll(record, "\n"u8, "\r\n"u8),
                _ => ChangeTokens(random, record),
            };
        }

        return record;
    }

    private static IEnumerable<byte[]> MakeValues()
    {
        foreach (string text in (string[])
            ["null", "true", "false", "nul", "nulL", "truee", "tru", "False", "NaN", "{}", "[]", "{\"user_id\": \"inner\"}", "[1, \"x\", null]", "[[{\"a\": [true]}]]",
             "{\"a\": \"\\ud800\"}", "{\"\\udc00\": 1}", "[1,]", "0", "-0", "-", "--1", "+1", "01", "-01", "00", "1.", ".5", "1.0", "0.0", "-0.5", "1e5", "1E-3", "1e", "1e+", "1.5e+2",
             "9999999", "10000000", "99999999", "123456789012", "1234567.123456", "1234567.1234567", "72.5.5", "72-", "0.1234567890123", "9e12", "9000000000001", "1e400", "12345678901234567890123456789012345678901234567890",
             "\"\"", "\" \"", "\"72\"", "\" 72.5\\n\"", "\"2024-02-30\"", "\"2024-02-29T10:00:00Z\"", "\"\\u0041\"", "\"\\u00e9\\n\"", "\"\\ud83d\\ude42\"", "\"\\ud83d\"", "\"\\ude42\\ud83d\"",
             "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"\\\"", "\"a\\\"b\"", "\"\\\\\"", "\"é日本🙂\"", "\"tab\there\"", "\"line\nbreak\"", "\"\x7f\"", "\"unclosed", "'single'", "\"a\", \"b\"", "\"a\": 1"])
        {
            yield return text.Bytes();
        }

        yield return [(byte)'"', 0xC3, (byte)'"'];
        yield return [(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'];
        yield return [(byte)'"', 0xF4, 0x90, 0x80, 0x80, (byte)'"'];
        yield return [(byte)'"', 0xC0, 0x80, (byte)'"'];
        foreach (int length in (int[])[15, 16, 17, 31, 32, 33, 62, 63, 64, 65, 66, 127, 128, 129, 300, 1000])
        {
            string plain = new('x', length);
            yield return $"\"{plain}\"".Bytes();
            yield return $"\"{plain}\\n\"".Bytes();
            yield return $"\"{plain}é\"".Bytes();
            yield return $"\"{plain}\\ud800\"".Bytes();
            yield return $"\"{plain}\u0001\"".Bytes();
            yield return [(byte)'"', .. plain.Bytes(), 0xFF, (byte)'"'];
            yield return new string('7', length).Bytes();
            yield return $"0.{new string('3', length)}".Bytes();
            yield return $"[{string.Join(",", Enumerable.Repeat("null", length))}]".Bytes();
        }
    }

    private static byte[] ChangeBytes(Random random, byte[] record)
    {
        int at = random.Next(record.Length + 1);
        byte sign = random.OneIn(4) ? (byte)random.Next(256) : Signs[random.Next(Signs.Length)];
        int cut = Math.Min(record.Length - at, random.Next(1, 4));
        return random.Next(4) switch
        {
            0 => [.. record[..at], sign, .. record[at..]],
            1 => [.. record[..at], .. record[(at + cut)..]],
            2 when at < record.Length => [.. record[..at], sign, .. record[(at + 1)..]],
            _ when at < record.Length => [.. record[..at], (byte)(record[at] ^ (1 << random.Next(8))), .. record[(at + 1)..]],
            _ => record,
        };
    }

    private static byte[] ChangeTokens(Random random, byte[] record)
    {
        List<Member> members = Members(record);
        if (members.Count == 0)
        {
            return ChangeBytes(random, record);
        }

        Member one = random.Any(members);
        Member other = random.Any(members);
        byte[] value = random.OneIn(3) ? record[other.Value] : Values[random.Next(Values.Length)];
        byte[] key = record[other.Key];
        return random.Next(8) switch
        {
            0 or 1 or 2 => [.. record[..one.Value.Start], .. value, .. record[one.Value.End..]],
            3 => [.. record[..one.Key.Start], .. key, .. record[one.Key.End..]],
            4 => [.. record[..one.Key.Start], .. record[one.Key], (byte)':', .. value, (byte)',', .. record[one.Key.Start..]],
            5 => [.. record[..one.Key.Start], .. key, .. ": "u8, .. value, .. ", "u8, .. record[one.Key.Start..]],
            6 when members.IndexOf(one) is var i && i + 1 < members.Count => [.. record[..one.Key.Start], .. record[members[i + 1].Key.Start..]],
            7 when one.Value.End.Value < other.Key.Start.Value =>
                [.. record[..one.Key.Start], .. record[other.Key.Start..other.Value.End], .. record[one.Value.End..other.Key.Start],
                 .. record[one.Key.Start..one.Value.End], .. record[other.Value.End..]],
            _ => ResizeString(random, record, one),
        };
    }

    private static byte[] ResizeString(Random random, byte[] record, Member member)
    {
        int start = member.Value.Start.Value;
        if (record[start] != '"')
        {
            return record;
        }

        byte[] added = random.Any((byte[][])[new byte[random.Next(1, 140)].Select(_ => (byte)'y').ToArray(), "\\u00e9"u8.ToArray(), "ü"u8.ToArray(), "\\\\"u8.ToArray()]);
        return random.OneIn(3)
            ? [.. record[..(start + 1)], .. record[(member.Value.End.Value - 1)..]]
            : [.. record[..(start + 1)], .. added, .. record[(start + 1)..]];
    }

    private static byte[] ReplaceAll(byte[] record, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with)
    {
        List<byte> result = [];
        for (int i = 0; i < record.Length; i++)
        {
            if (record.AsSpan(i).StartsWith(old))
            {
                result.AddRange(with);
                i += old.Length - 1;
            }
            else
            {
                result.Add(record[i]);
            }
        }

        return [.. result];
    }

    /// <summary>Returns the members of the record, up to the first error.</summary>
    private static List<Member> Members(byte[] record)
    {
        List<Member> members = [];
        Utf8JsonReader reader = new(record);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                Range key = (int)reader.TokenStartIndex..(int)(reader.TokenStartIndex + reader.ValueSpan.Length + 2);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                members.Add(new Member(key, start..(int)reader.BytesConsumed));
            }
        }
        catch (JsonException)
        {
            // The members before the error are sufficient.
        }

        return members;
    }

    /// <summary>The positions of the key, including its quotes, and of the value.</summary>
    private sealed record Member(Range Key, Range Value);
}
