using System.Text;
using System.Text.Json;
using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>Finds what is unusual about the fields of a record by the section "What is counted" of docs/reading.md.</summary>
internal static class OriginalFindings
{
    private static readonly List<(string Field, int Number)> NoFields = [];

    /// <summary>Counts the number fields of an accepted record that hold something else.</summary>
    public static void CountUnreadable(OriginalElement element, OriginalRecord record, long offset, FieldFindings findings)
    {
        OriginalFields fields = OriginalFields.Of(record.Category);
        for (int i = 0; i < fields.Numbers.Length; i++)
        {
            if (record.NumberAt(i) is null)
                CountUnreadable(Encoding.UTF8.GetBytes(fields.Numbers[i]), element.Values[fields.FirstNumber + i], offset, findings);
        }

        for (int i = 0; i < element.Others.Count && record.Category == Category.Measurements; i++)
        {
            if (IsLast(element.Others, i))
                CountUnreadable(element.Others[i].ShortName.Span, element.Others[i].Value, offset, findings);
        }
    }

    /// <summary>Returns the number fields outside of their range, with their indexes among the numbers.</summary>
    public static List<(string Field, int Number)> Implausible(OriginalRecord record)
    {
        List<(string, int)> found = NoFields;
        foreach ((string field, int index, long min, long max) in OriginalFields.Of(record.Category).Ranges)
        {
            if (record.NumberAt(index) is long number && (number < min || number > max))
                found = [.. found, (field, index)];
        }

        return found;
    }

    /// <summary>Whether no field after one has the same name, after long names are cut.</summary>
    public static bool IsLast(List<OriginalField> fields, int index)
    {
        for (int later = index + 1; later < fields.Count; later++)
        {
            if (fields[later].ShortName.Span.SequenceEqual(fields[index].ShortName.Span))
                return false;
        }

        return true;
    }

    private static void CountUnreadable(ReadOnlySpan<byte> name, OriginalValue value, long offset, FieldFindings findings)
    {
        bool isText = value.Kind == JsonTokenType.String;
        if (!value.IsNull && OriginalNumber.Of(value) is null && !(isText && (value.Text ?? "").AsSpan().Trim(" \t\r\n").IsEmpty))
            findings.Unreadable.Add(name, offset, Encoding.UTF8.GetBytes(value.Shown), isText);
    }
}
