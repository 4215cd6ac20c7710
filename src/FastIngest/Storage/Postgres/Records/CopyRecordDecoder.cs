using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>
/// Turns stored rows into the records that they were made from; the counterpart of <see cref="CopyRecordEncoder"/>. A number is
/// the decimal with the fewest digits whose nearest double is stored, which is the decimal of the input below 8·10^9.
/// </summary>
/// <param name="category">The category of the records.</param>
/// <param name="receive">Receives the records.</param>
internal sealed class CopyRecordDecoder(Category category, StoredRecordReceiver receive)
{
    private readonly RecordSchema _schema = RecordSchema.Of(category);
    private readonly long[] _numbers = new long[RecordSchema.Of(category).NumberCount];
    private readonly NamedNumberList _named = new();
    private readonly List<(byte[] Name, long Micros)> _members = [];

    /// <summary>Passes on the record of a row; false for a row that no run writes.</summary>
    /// <param name="tuple">The values of <see cref="RecordTable.Fields"/>.</param>
    public bool TryRead(ReadOnlySpan<byte> tuple)
    {
        CopyTupleReader fields = CopyTupleReader.OfTuple(tuple);
        fields.TryField(out ReadOnlySpan<byte> user);
        RecordView record = new() { UserId = user, Day = fields.Date() };
        if (user.IsEmpty || record.Day < 0)
        {
            return false;
        }

        if (category == Category.Measurements)
        {
            fields.TryField(out ReadOnlySpan<byte> json);
            _members.Clear();
            if (!NumberObject.TryRead(json, _members))
            {
                return false;
            }

            _named.Clear(_members.Count);
            foreach ((byte[] name, long micros) in _members)
            {
                _named.Add(name, micros);
            }

            record.Named = _named.Numbers;
            receive(category, record);
            return true;
        }

        record.Text0 = ReadText(ref fields, 0);
        record.Text1 = ReadText(ref fields, 1);
        record.Text2 = ReadText(ref fields, 2);
        if (!TryReadNumbers(ref fields, out record.NumbersPresent))
        {
            return false;
        }

        record.Numbers = _numbers;
        if (category == Category.Samples)
        {
            fields.TryField(out record.Timestamp);
        }

        receive(category, record);
        return true;
    }

    private ReadOnlySpan<byte> ReadText(scoped ref CopyTupleReader fields, int index) =>
        index < _schema.TextCount && fields.TryField(out ReadOnlySpan<byte> text) ? text : default;

    private bool TryReadNumbers(ref CopyTupleReader fields, out uint present)
    {
        Span<byte> text = stackalloc byte[DoubleText.MaxBytes];
        present = 0;
        for (int i = 0; i < _numbers.Length; i++)
        {
            _numbers[i] = 0;
            double value = fields.Float8();
            if (double.IsNaN(value))
            {
                continue;
            }

            if (!double.IsFinite(value) || !DecimalParser.TryParse(text[..DoubleText.Write(text, value)], out _numbers[i]))
            {
                return false;
            }

            present |= 1u << i;
        }

        return true;
    }
}
