using System.Globalization;
using System.Text;

namespace FastIngest.Generate;

/// <summary>Quirks that make a record unusual but keep it valid.</summary>
internal static class ValidQuirks
{
    public static readonly Quirk[] All =
    [
        WithNumericUserId,
        WithNumberAsString,
        WithExponent,
        WithRepeatedKey,
        Shuffled,
        WithEscapes,
        WithUnknownMember,
        WithOtherDayForm,
        WithWhiteSpace,
        WithEmptyString,
    ];

    private static readonly byte[][] Unknown =
    [
        "{\"a\": [1, 2, {\"b\": null}], \"c\": \"} ] , {\"}"u8.ToArray(),
        "[[], {}, [{\"user_id\": \"nobody\", \"date\": \"2023-01-01\"}]]"u8.ToArray(),
        "\"a \\\\ b \\\" c } ] , {\""u8.ToArray(),
        "-0.0e-7"u8.ToArray(),
    ];

    private static void WithNumericUserId(QuirkRecord record, ref RandomSource random) =>
        record.SetValue(record.IndexOfUserId, Encoding.ASCII.GetBytes(record.Person.Number.ToString(CultureInfo.InvariantCulture)));

    private static void WithNumberAsString(QuirkRecord record, ref RandomSource random)
    {
        if (record.AnyNumber(ref random) is >= 0 and int index)
        {
            ReadOnlySpan<byte> quote = random.Chance(50) ? "\""u8 : " \""u8;
            byte[] value = record.Members[index].Value;
            record.SetValue(index, quote.Length == 1 ? [(byte)'"', .. value, (byte)'"'] : [.. "\" "u8, .. value, .. quote]);
        }
        else
        {
            WithUnknownMember(record, ref random);
        }
    }

    private static void WithExponent(QuirkRecord record, ref RandomSource random)
    {
        if (record.AnyNumber(ref random) is >= 0 and int index)
        {
            byte[] value = record.Members[index].Value;
            record.SetValue(index, random.Below(3) switch
            {
                0 => [.. value, .. "e0"u8],
                1 => [.. value, .. value.Contains((byte)'.') ? "0E+00"u8 : ".0E+00"u8],
                _ => value.Contains((byte)'.') ? [.. value, .. "00e-0"u8] : [.. value, .. "00e-2"u8],
            });
        }
        else
        {
            WithUnknownMember(record, ref random);
        }
    }

    // The last value of a repeated key counts, so the record keeps its meaning.
    private static void WithRepeatedKey(QuirkRecord record, ref RandomSource random)
    {
        byte[] key = record.Members[random.Below(record.Members.Count)].Key;
        record.Members.Insert(0, (key, random.Chance(50) ? "null"u8.ToArray() : "\"first\""u8.ToArray()));
    }

    private static void Shuffled(QuirkRecord record, ref RandomSource random)
    {
        for (int i = record.Members.Count - 1; i > 0; i--)
        {
            int other = random.Below(i + 1);
            (record.Members[i], record.Members[other]) = (record.Members[other], record.Members[i]);
        }
    }

    private static void WithEscapes(QuirkRecord record, ref RandomSource random)
    {
        int index = record.AnyString(ref random);
        (byte[] key, byte[] value) = record.Members[index];
        record.Members[index] = random.Chance(30) ? (EscapeFirst(key), value) : (key, EscapeFirst(value));
    }

    private static byte[] EscapeFirst(byte[] quoted) =>
        quoted[1] == '\\'
            ? quoted
            : [(byte)'"', .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{quoted[1]:X4}")), .. quoted.AsSpan(2)];

    private static void WithUnknownMember(QuirkRecord record, ref RandomSource random) =>
        record.Members.Insert(random.Below(record.Members.Count + 1), ("\"extra\""u8.ToArray(), Unknown[random.Below(Unknown.Length - (record.IndexOf("\"measurement_id\""u8) >= 0 ? 1 : 0))]));

    private static void WithOtherDayForm(QuirkRecord record, ref RandomSource random)
    {
        if (record.IndexOfDay is not (>= 0 and int index))
        {
            WithWhiteSpace(record, ref random);
            return;
        }

        byte[] value = record.Members[index].Value;
        ReadOnlySpan<byte> day = value.AsSpan(0, 11);
        ReadOnlySpan<byte> time = value.Length > 12 ? value.AsSpan(12, 8) : "07:30:00"u8;
        record.SetValue(index, random.Below(6) switch
        {
            0 => [.. day, (byte)'T', .. time, .. "Z\""u8],
            1 => [.. day, (byte)'T', .. time, .. "+05:30\""u8],
            2 => [.. day, (byte)' ', .. time, .. "-0800\""u8],
            3 => [.. day, (byte)'T', .. time, .. ".123456Z\""u8],
            4 => [.. day, (byte)'T', .. time[..5], (byte)'"'],
            _ => [.. day, (byte)'"'],
        });
    }

    private static void WithWhiteSpace(QuirkRecord record, ref RandomSource random)
    {
        record.Before = random.Chance(50) ? "\n\n   "u8.ToArray() : " \t\r\n"u8.ToArray();
        record.Colon = " :  "u8.ToArray();
    }

    // Key fields are excluded: a record without them would be invalid.
    private static void WithEmptyString(QuirkRecord record, ref RandomSource random)
    {
        int index = record.AnyString(ref random);
        if (index == record.IndexOfUserId || index == record.IndexOfDay)
        {
            WithUnknownMember(record, ref random);
        }
        else
        {
            record.SetValue(index, "\"\""u8);
        }
    }
}
