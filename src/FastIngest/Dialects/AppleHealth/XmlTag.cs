namespace FastIngest.Dialects.AppleHealth;

/// <summary>An attribute of a tag, by its place in the bytes of the tag.</summary>
/// <param name="NameStart">The index of the first byte of the name.</param>
/// <param name="NameLength">The length of the name in bytes.</param>
/// <param name="Start">The index of the first byte of the value, after the quote.</param>
/// <param name="Length">The length of the value in bytes.</param>
internal readonly record struct XmlAttribute(int NameStart, int NameLength, int Start, int Length)
{
    /// <summary>The index after the value, where the closing quote is.</summary>
    public int End => Start + Length;
}

/// <summary>
/// Reads the start tag of an element: its name and its attributes, in any order and with either quote. The bytes of values
/// are as written. A value may contain <c>&gt;</c>, but no <c>&lt;</c>. A name may contain blanks, because exports of iOS 8
/// have such names. One tag serves one reader.
/// </summary>
internal sealed class XmlTag
{
    /// <summary>A tag with more attributes than this, or a longer name, is no tag of an export.</summary>
    private const int MaxAttributes = 256, MaxNameBytes = 128;

    private XmlAttribute[] _attributes = new XmlAttribute[16];

    /// <summary>The length of the element's name in bytes; it starts after the bracket.</summary>
    public int NameLength { get; private set; }

    /// <summary>The length of the tag in bytes, both brackets included.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the tag is the whole element, as in <c>&lt;Record/&gt;</c>.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>The number of attributes.</summary>
    public int Count { get; private set; }

    /// <summary>The attributes in the order of the tag.</summary>
    public ReadOnlySpan<XmlAttribute> Attributes => _attributes.AsSpan(0, Count);

    /// <summary>Reads a tag.</summary>
    /// <param name="region">The bytes from the bracket of the tag to the next opening bracket.</param>
    /// <returns>False when they do not begin with a complete start tag.</returns>
    public bool TryRead(ReadOnlySpan<byte> region)
    {
        Count = 0;
        int i = 1;
        while (i < region.Length && IsName(region[i]))
        {
            i++;
        }

        NameLength = i - 1;
        if (NameLength is 0 or > MaxNameBytes)
        {
            return false;
        }

        while (true)
        {
            int before = i;
            i = SkipBlanks(region, i);
            if (i >= region.Length)
            {
                return false;
            }

            if (region[i] == '>' || (region[i] == '/' && i + 1 < region.Length && region[i + 1] == '>'))
            {
                IsEmpty = region[i] == '/';
                Length = i + (IsEmpty ? 2 : 1);
                return true;
            }

            if (i == before || !TryReadAttribute(region, ref i))
            {
                return false;
            }
        }
    }

    /// <summary>Returns the value of the first attribute with a name, as written; empty without one.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> region, ReadOnlySpan<byte> name)
    {
        foreach (XmlAttribute attribute in Attributes)
        {
            if (region.Slice(attribute.NameStart, attribute.NameLength).SequenceEqual(name))
            {
                return region.Slice(attribute.Start, attribute.Length);
            }
        }

        return default;
    }

    /// <summary>The name of the element.</summary>
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> region) => region.Slice(1, NameLength);

    private bool TryReadAttribute(ReadOnlySpan<byte> region, ref int i)
    {
        int equals = region[i..].IndexOf((byte)'=');
        if (equals <= 0 || Count == MaxAttributes)
        {
            return false;
        }

        ReadOnlySpan<byte> name = region.Slice(i, equals);
        if (name.IndexOfAny((byte)'"', (byte)'\'', (byte)'>') >= 0)
        {
            return false;
        }

        int nameStart = i;
        int nameLength = name.TrimEnd(" \t\r\n"u8).Length;
        i = SkipBlanks(region, i + equals + 1);
        if (i >= region.Length || region[i] is not ((byte)'"' or (byte)'\''))
        {
            return false;
        }

        int start = i + 1;
        int length = region[start..].IndexOf(region[i]);
        if (length < 0)
        {
            return false;
        }

        if (Count == _attributes.Length)
        {
            Array.Resize(ref _attributes, Count * 2);
        }

        _attributes[Count++] = new XmlAttribute(nameStart, nameLength, start, length);
        i = start + length + 1;
        return true;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> region, int i)
    {
        while (i < region.Length && region[i] <= ' ')
        {
            i++;
        }

        return i;
    }

    private static bool IsName(byte b) => b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9')
        or (byte)'_' or (byte)':' or (byte)'-' or (byte)'.';
}
