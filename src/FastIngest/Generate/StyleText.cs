using System.Text;

namespace FastIngest.Generate;

/// <summary>The bytes around records, fields and list items in one style.</summary>
internal sealed class StyleText
{
    private static readonly StyleText[] ByStyle =
    [
        new(GeneratorStyle.Pretty, ".json", "[\n  ", ",\n  ", "\n]", "[]", "\n    ", ": ", "\n  }", "\n      ", "\n    "),
        new(GeneratorStyle.Spaced, ".json", "[", ", ", "]", "[]", "", ": ", "}", "", ""),
        new(GeneratorStyle.Compact, ".json", "[", ",", "]", "[]", "", ":", "}", "", ""),
        new(GeneratorStyle.Ndjson, ".ndjson", "", "\n", "\n", "", "", ": ", "}", "", ""),
    ];

    private StyleText(
        GeneratorStyle style,
        string extension,
        string head,
        string separator,
        string tail,
        string empty,
        string fieldIndent,
        string colon,
        string close,
        string itemIndent,
        string listEnd)
    {
        Extension = extension;
        Head = Encoding.ASCII.GetBytes(head);
        Separator = Encoding.ASCII.GetBytes(separator);
        Tail = Encoding.ASCII.GetBytes(tail);
        Empty = Encoding.ASCII.GetBytes(empty);
        Colon = Encoding.ASCII.GetBytes(colon);
        Close = Encoding.ASCII.GetBytes(close);

        // Python writes a bare comma with an indent, and the given item separator without one.
        string comma = style is GeneratorStyle.Spaced or GeneratorStyle.Ndjson ? ", " : ",";
        FirstField = Encoding.ASCII.GetBytes(fieldIndent);
        NextField = Encoding.ASCII.GetBytes(comma + fieldIndent);
        FirstItem = Encoding.ASCII.GetBytes("[" + itemIndent);
        NextItem = Encoding.ASCII.GetBytes(comma + itemIndent);
        ListEnd = Encoding.ASCII.GetBytes(listEnd + "]");
    }

    public string Extension { get; }

    /// <summary>The bytes before the first record; <see cref="Separator"/> is between two records, <see cref="Tail"/> after the last one.</summary>
    public byte[] Head { get; }

    public byte[] Separator { get; }

    public byte[] Tail { get; }

    /// <summary>The content of a file without records.</summary>
    public byte[] Empty { get; }

    /// <summary>The bytes between <c>{</c> and the first key; <see cref="NextField"/> is between a value and the next key.</summary>
    public byte[] FirstField { get; }

    public byte[] NextField { get; }

    public byte[] Colon { get; }

    /// <summary>The bytes after the last value of a record, including the brace.</summary>
    public byte[] Close { get; }

    public byte[] FirstItem { get; }

    public byte[] NextItem { get; }

    public byte[] ListEnd { get; }

    public static StyleText Of(GeneratorStyle style) => ByStyle[(int)style];
}
