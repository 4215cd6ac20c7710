using System.Diagnostics;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>The attributes that differ between the records of one type and source.</summary>
internal enum VariableAttribute
{
    /// <summary>An attribute whose value is not read, such as the device, which holds a memory address.</summary>
    Unread,
    Start,
    End,
    Value,
}

/// <summary>A time in a tag: its place, and what it is if it has the usual form.</summary>
internal readonly record struct MatchedStamp(Range Place, bool IsRead, AppleStamp Stamp);

/// <summary>
/// The tag of the last record of a kind. The next record nearly always has the same bytes but for the device, the times and the
/// value, so that comparing the bytes between them replaces reading the attributes:
/// <code>
/// &lt;Record type="…HeartRate" sourceName="Watch" sourceVersion="5" device="…" unit="count/min" creationDate="…" startDate="…" endDate="…" value="70"/&gt;
/// └─────────────────────────────── same ───────────────────────────────┘…└───────────── same ─────────────┘…└── same ──┘…└─ same ─┘…└ same ┘  ┘
/// </code>
/// Equal bytes mean equal attributes, because the reader of a tag is in the same state after them. Reused for other kinds.
/// </summary>
internal sealed class RecordTemplate
{
    private const int MaxVariables = 12;

    private readonly (VariableAttribute Kind, int LiteralEnd, byte Quote)[] _variables = new (VariableAttribute, int, byte)[MaxVariables];
    private byte[] _literals = new byte[512];
    private byte[] _source = new byte[64];
    private int _count, _literalLength, _sourceLength;

    /// <summary>What records of the kind mean; null before the first one.</summary>
    public RecordForm? Form { get; private set; }

    /// <summary>The decoded name of the source.</summary>
    public ReadOnlySpan<byte> Source => _source.AsSpan(0, _sourceLength);

    /// <summary>The start of the record that was matched last.</summary>
    public MatchedStamp Start { get; private set; }

    /// <summary>The end of the record that was matched last.</summary>
    public MatchedStamp End { get; private set; }

    /// <summary>The place of the value of the record that was matched last.</summary>
    public Range Value { get; private set; }

    /// <summary>Learns a tag; false when the tag has repeated attributes or too many.</summary>
    /// <param name="region">The bytes of the tag.</param>
    /// <param name="tag">Its attributes.</param>
    /// <param name="form">What the record means.</param>
    /// <param name="source">The decoded name of the source.</param>
    public bool TryLearn(ReadOnlySpan<byte> region, XmlTag tag, RecordForm form, ReadOnlySpan<byte> source)
    {
        Form = null;
        _count = _literalLength = 0;
        int literalStart = 0;
        uint seen = 0;
        foreach (XmlAttribute attribute in tag.Attributes)
        {
            if (KindOf(region.Slice(attribute.NameStart, attribute.NameLength)) is not { } kind)
            {
                continue;
            }

            bool isRepeated = kind != VariableAttribute.Unread && (seen >> (int)kind & 1) != 0;
            if (_count == MaxVariables || isRepeated)
            {
                return false;
            }

            seen |= 1u << (int)kind;
            AddLiteral(region[literalStart..attribute.Start]);
            _variables[_count++] = (kind, _literalLength, region[attribute.End]);
            literalStart = attribute.End;
        }

        AddLiteral(region[literalStart..tag.Length]);
        _sourceLength = source.Length;
        if (_source.Length < source.Length)
        {
            _source = new byte[source.Length * 2];
        }

        source.CopyTo(_source);
        Form = form;
        return true;
    }

    /// <summary>Forgets what was learned.</summary>
    public void Clear() => Form = null;

    /// <summary>Compares the bytes at the position of a reader with the template; returns the length of the tag, or 0 if it differs.</summary>
    public int Match(ReadOnlySpan<byte> rest)
    {
        Debug.Assert(Form is not null, "The template is empty.");
        int at = 0, literal = 0;
        Start = End = default;
        Value = default;
        for (int i = 0; i < _count; i++)
        {
            (VariableAttribute kind, int literalEnd, byte quote) = _variables[i];
            ReadOnlySpan<byte> same = _literals.AsSpan(literal, literalEnd - literal);
            if (!rest[at..].StartsWith(same))
            {
                return 0;
            }

            at += same.Length;
            literal = literalEnd;
            bool isTime = kind is VariableAttribute.Start or VariableAttribute.End;
            bool isUsual = AppleStamp.TryReadUsual(isTime ? rest[at..] : default, out AppleStamp stamp) && rest.Length > at + AppleStamp.Bytes && rest[at + AppleStamp.Bytes] == quote;
            int length = isUsual ? AppleStamp.Bytes : rest[at..].IndexOfAny(quote, (byte)'<');
            if (length < 0 || rest[at + length] != quote)
            {
                return 0;
            }

            Range place = at..(at + length);
            switch (kind)
            {
                case VariableAttribute.Start:
                    Start = new MatchedStamp(place, isUsual, stamp);
                    break;
                case VariableAttribute.End:
                    End = new MatchedStamp(place, isUsual, stamp);
                    break;
                case VariableAttribute.Value:
                    Value = place;
                    break;
            }

            at += length;
        }

        ReadOnlySpan<byte> last = _literals.AsSpan(literal, _literalLength - literal);
        return rest[at..].StartsWith(last) ? at + last.Length : 0;
    }

    private void AddLiteral(ReadOnlySpan<byte> bytes)
    {
        if (_literals.Length - _literalLength < bytes.Length)
        {
            Array.Resize(ref _literals, (_literalLength + bytes.Length) * 2);
        }

        bytes.CopyTo(_literals.AsSpan(_literalLength));
        _literalLength += bytes.Length;
    }

    private static VariableAttribute? KindOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("startDate"u8) ? VariableAttribute.Start
        : name.SequenceEqual("endDate"u8) ? VariableAttribute.End
        : name.SequenceEqual("value"u8) ? VariableAttribute.Value
        : name.SequenceEqual("device"u8) || name.SequenceEqual("creationDate"u8) ? VariableAttribute.Unread
        : null;
}
