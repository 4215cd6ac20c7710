using System.Buffers;
using FastIngest.Json;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Writes the numbers of one measurement record as a JSON object, in the order in which their names first occur. The last
/// value of a repeated name counts; a name whose last value is not a number is omitted.
/// </summary>
internal sealed class MeasurementJson
{
    /// <summary>After a record with more names than this, the table is replaced, so that one huge record does not leave a huge table.</summary>
    private const int MaxRetainedNames = 256;

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private ByteStringTable _names = new();
    private (long Micros, bool IsNumber)[] _values = new (long, bool)[32];

    public void Clear()
    {
        if (_names.Count > MaxRetainedNames)
        {
            _names = new ByteStringTable();
        }

        _names.Clear();
    }

    public void Add(ReadOnlySpan<byte> name, long micros, bool isNumber)
    {
        int index = _names.Add(name);
        if (index == _values.Length)
        {
            Array.Resize(ref _values, index * 2);
        }

        _values[index] = (micros, isNumber);
    }

    /// <summary>Returns the object, such as <c>{"weight": 61.5, "bmi": 22.0}</c>. The bytes are valid until the next call.</summary>
    public ReadOnlySpan<byte> Write()
    {
        _json.ResetWrittenCount();
        _json.Write("{"u8);
        for (int i = 0; i < _names.Count; i++)
        {
            if (_values[i].IsNumber)
            {
                _json.Write(_json.WrittenCount > 1 ? ", "u8 : ""u8);
                JsonText.Write(_json, _names[i]);
                _json.Write(": "u8);
                _json.Advance(DoubleText.WriteMicros(_json.GetSpan(DoubleText.MaxBytes), _values[i].Micros));
            }
        }

        _json.Write("}"u8);
        return _json.WrittenSpan;
    }
}
