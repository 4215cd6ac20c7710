using System.Text.Unicode;
using FastIngest.Proto;

namespace FastIngest.Dialects.Protobuf;

/// <summary>The table of texts of a batch, and the forms of times among them.</summary>
internal sealed class TextList
{
    private byte[] _bytes = new byte[4096];
    private int[] _ends = new int[256];
    private FormState[] _forms = new FormState[256];
    private int _count = 1;

    private enum FormState : byte
    {
        Unknown,
        Valid,
        Invalid,
    }

    /// <summary>The number of indexes, with that of the empty text.</summary>
    public int Count => _count;

    public ReadOnlySpan<byte> this[long index] => index == 0 ? default : _bytes.AsSpan(_ends[index - 1].._ends[index]);

    public void Clear() => _count = 1;

    /// <summary>Adds a text; false when it is not UTF-8.</summary>
    public bool TryAdd(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            return false;
        }

        int start = _ends[_count - 1];
        if (_bytes.Length - start < text.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, start + text.Length));
        }

        if (_count == _ends.Length)
        {
            Array.Resize(ref _ends, _count * 2);
            Array.Resize(ref _forms, _count * 2);
        }

        text.CopyTo(_bytes.AsSpan(start));
        _ends[_count] = start + text.Length;
        _forms[_count] = FormState.Unknown;
        _count++;
        return true;
    }

    /// <summary>Whether a text is a form in which times are written.</summary>
    public bool IsForm(long index)
    {
        if (index == 0)
        {
            return true;
        }

        if (_forms[index] == FormState.Unknown)
        {
            ReadOnlySpan<byte> form = this[index];
            bool isValid = form is [ProtoFormat.VerbatimMark, ..] ? Json.DateParser.TryParseDay(form[1..], out _) : StampForm.Parse(form) is not null;
            _forms[index] = isValid ? FormState.Valid : FormState.Invalid;
        }

        return _forms[index] == FormState.Valid;
    }
}
