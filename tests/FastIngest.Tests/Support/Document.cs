using System.Text;
using FastIngest.Json;
using FastIngest.Sources;

namespace FastIngest.Tests.Support;

/// <summary>An element that a reader found.</summary>
internal readonly record struct Element(long Offset, long Length, ReadStatus Status);

/// <summary>A document in a file, to be read at once or in pieces.</summary>
internal sealed class Document : IDisposable
{
    private static readonly FieldNames Names = new(false, "a", "user_id");

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _bytes;
    private readonly int _maxRecordBytes;
    private readonly SourceFile _file;
    private readonly FileWindow _window = new();

    public Document(byte[] bytes, int maxRecordBytes = 16 << 20, IoMode mode = IoMode.Pread)
    {
        _bytes = bytes;
        _maxRecordBytes = maxRecordBytes;
        _file = SourceFile.Open(_folder.Write("document", bytes), mode);
        _window.Attach(_file);
        _window.MoveTo(0, FileHead.WrapperBytes);
        Head = FileHead.Find(_window.Bytes);
    }

    public FramePosition Head { get; }

    public FileWindow Window => _window;

    public ElementReader Reader() => new(_window, new RecordFields(Names), _maxRecordBytes);

    public List<Element> ReadWhole() => ReadInPieces();

    /// <summary>Reads up to each cut with a separate reader, which starts at the position where the previous one ended.</summary>
    public List<Element> ReadInPieces(params int[] cuts)
    {
        List<Element> elements = [];
        FramePosition position = Head;
        foreach (long end in cuts.Select(c => (long)c).Append(_bytes.Length))
        {
            ElementReader reader = Reader();
            _window.MoveTo(Math.Min(position.Offset, _bytes.Length), 1);
            reader.Start(position, end);
            Read(reader, elements);
            position = reader.Position;
        }

        return elements;
    }

    public static void Read(ElementReader reader, List<Element> elements)
    {
        while (reader.Next())
        {
            Assert.True(reader.ElementLength > 0, "An element has no bytes.");
            elements.Add(new Element(reader.ElementOffset, reader.ElementLength, reader.Status));
        }
    }

    /// <summary>Returns the elements as text; a reject is followed by the first letters of its status: <c>{"a":1} Inv:x</c>.</summary>
    public string[] Texts(List<Element> elements) =>
        [.. elements.Select(e => (e.Status == ReadStatus.Object ? "" : e.Status + ":") + Encoding.UTF8.GetString(_bytes, (int)e.Offset, (int)e.Length).TrimEnd())];

    public void Dispose()
    {
        _window.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }
}
