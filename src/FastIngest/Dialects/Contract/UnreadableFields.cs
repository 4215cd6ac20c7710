using System.Text;
using FastIngest.Json;

namespace FastIngest.Dialects.Contract;

/// <summary>
/// The fields of one record that should hold a number and do not. They are kept until it is known whether the record is accepted,
/// because only accepted records count. One instance serves one worker.
/// </summary>
internal sealed class UnreadableFields
{
    private readonly List<(string Field, long Offset, byte[] Text, bool IsText)> _fields = [];

    /// <summary>Adds a field, unless it was added for this record before.</summary>
    /// <param name="field">The name of the field.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="text">What the field holds, in UTF-8.</param>
    /// <param name="isText">Whether it is a text, which is shown in quotes.</param>
    public void Add(string field, long offset, ReadOnlySpan<byte> text, bool isText)
    {
        foreach ((string known, _, _, _) in _fields)
        {
            if (known == field)
            {
                return;
            }
        }

        _fields.Add((field, offset, text[..ShortText.LengthOf(text, ShortText.MaxNameBytes)].ToArray(), isText));
    }

    /// <summary>Counts the fields and forgets them.</summary>
    /// <param name="counts">The counts by field; null for a record that is not accepted.</param>
    public void Settle(NameCounts? counts)
    {
        if (_fields.Count == 0)
        {
            return;
        }

        foreach ((string field, long offset, byte[] text, bool isText) in _fields)
        {
            counts?.Add(Encoding.UTF8.GetBytes(field), offset, text, isText);
        }

        _fields.Clear();
    }
}
