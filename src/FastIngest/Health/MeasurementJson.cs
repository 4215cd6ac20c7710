using System.Buffers;
using FastIngest.Json;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// The numbers of one measurement record as a JSON object, in the order in which their names were first met. Of a
/// repeated name the last value stands, and is left out if it is no number.
/// </summary>
internal sealed class MeasurementJson
{
    /// <summary>With more names than this the table is made anew, as one huge record would leave a huge table.</summary>
    private const int MaxKeptNames = 256;

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private ByteStringTable _names = new();
    private (long Micros, bool IsNumber)[] _values = new (long, bool)[32];

    public void Clear()
    {
        if (_names.Count > MaxKeptNames)
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

    /// <summary>Such as <c>{"weight": 61.5, "bmi": 22.0}</c>; valid until the next call.</summary>
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
