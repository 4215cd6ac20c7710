namespace FastIngest.Generate;

/// <summary>Quirks that make a record invalid. Each must cause the rejection of this record and of no other record.</summary>
internal static class BadQuirks
{
    public static readonly Quirk[] All =
    [
        Truncated,
        WithoutBrace,
        WithUnclosedString,
        WithoutUserId,
        WithBadDay,
        WithNullValue,
        NotAnObject,
        WithInvalidUtf8,
        WithLoneSurrogate,
    ];

    private static readonly byte[][] BadDays = JsonText.QuoteAll(
        "2023-02-29", "2023-13-01", "2023-1-5", "01/02/2023", "yesterday", "", "0000-01-01", "2023-01-01 24:00:00", "2023-01-01T12:60", "2023-01-01 ");

    private static readonly byte[][] OtherValues =
        ["7"u8.ToArray(), "true"u8.ToArray(), "null"u8.ToArray(), "\"not an object\""u8.ToArray(), "-1.5e3"u8.ToArray(), "[1, [2, \"three\"]]"u8.ToArray()];

    private static readonly byte[][] InvalidUtf8 = [[0xFF], [0xC3, 0x28], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]];

    /// <summary>
    /// Cuts the record inside a key, before a value, or inside a string; never inside a list, which would include the next
    /// records.
    /// </summary>
    private static void Truncated(QuirkRecord record, ref RandomSource random)
    {
        int last = random.Below(record.Members.Count);
        (byte[] key, byte[] value) = record.Members[last];
        record.Members.RemoveRange(last, record.Members.Count - last);
        record.Members.Add(random.Below(3) switch
        {
            0 => (key[..random.Between(1, key.Length - 1)], []),
            1 => (key, " "u8.ToArray()),
            _ => (key, value[0] == '"' ? value[..random.Between(1, value.Length - 1)] : " "u8.ToArray()),
        });
        record.Close = [];
    }

    private static void WithoutBrace(QuirkRecord record, ref RandomSource random) => record.Close = record.Close[..^1];

    private static void WithUnclosedString(QuirkRecord record, ref RandomSource random)
    {
        int index = record.AnyString(ref random);
        record.SetValue(index, record.Members[index].Value.AsSpan()[..^1]);
    }

    private static void WithoutUserId(QuirkRecord record, ref RandomSource random)
    {
        int index = record.IndexOfUserId;
        switch (random.Below(3))
        {
            case 0:
                record.SetValue(index, "null"u8);
                break;
            case 1:
                record.SetValue(index, "\"\""u8);
                break;
            default:
                record.Members.RemoveAt(index);
                break;
        }
    }

    private static void WithBadDay(QuirkRecord record, ref RandomSource random)
    {
        if (record.IndexOfDay is >= 0 and int index)
        {
            record.SetValue(index, BadDays[random.Below(BadDays.Length)]);
        }
        else
        {
            WithoutUserId(record, ref random);
        }
    }

    private static void WithNullValue(QuirkRecord record, ref RandomSource random)
    {
        if (record.IndexOf("\"value\""u8) is >= 0 and int index)
        {
            record.SetValue(index, "null"u8);
        }
        else
        {
            WithBadDay(record, ref random);
        }
    }

    // In NDJSON a bare list is not a record; the reader reads its items one by one.
    private static void NotAnObject(QuirkRecord record, ref RandomSource random) =>
        record.Replacement = OtherValues[random.Below(OtherValues.Length - (record.Style == GeneratorStyle.Ndjson ? 1 : 0))];

    private static void WithInvalidUtf8(QuirkRecord record, ref RandomSource random) =>
        InsertIntoString(record, InvalidUtf8[random.Below(InvalidUtf8.Length)], ref random);

    private static void WithLoneSurrogate(QuirkRecord record, ref RandomSource random) =>
        InsertIntoString(record, random.Chance(50) ? "\\ud83d"u8 : "\\udc00"u8, ref random);

    private static void InsertIntoString(QuirkRecord record, ReadOnlySpan<byte> bytes, ref RandomSource random)
    {
        int index = record.AnyString(ref random);
        record.SetValue(index, [(byte)'"', .. bytes, .. record.Members[index].Value.AsSpan(1)]);
    }
}
