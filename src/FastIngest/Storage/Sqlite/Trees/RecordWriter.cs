using System.Buffers.Binary;
using FastIngest.Health;
using FastIngest.Storage.Sqlite.Connection;
using SQLitePCL;

namespace FastIngest.Storage.Sqlite.Trees;

/// <summary>
/// Makes the bytes of one row as SQLite stores them: the length of the head, a serial type for each value, then the values.
/// https://www.sqlite.org/fileformat2.html#record_format
/// </summary>
/// <param name="columns">The number of values of a row.</param>
/// <param name="displayPath">The database as the user named it.</param>
internal sealed class RecordWriter(int columns, string displayPath)
{
    /// <summary>The limit of SQLite for a row, in bytes.</summary>
    private const int MaxBytes = 1_000_000_000;

    /// <summary>A buffer that one unusually long row enlarged beyond this size is made smaller again.</summary>
    private const int KeptBytes = 1 << 20;

    private const int Null = 0, Real = 7, Zero = 8, FirstText = 13;

    /// <summary>The largest whole number that SQLite stores in six bytes. It stores a larger one of a column of type REAL as a double.</summary>
    private const double MaxWholeReal = 140737488355327;

    // The head is made beside the values and is then copied to its place before them: its length decides where that is.
    private readonly byte[] _head = new byte[Varint.MaxBytes * (columns + 1)];
    private byte[] _bytes = new byte[4096 + (Varint.MaxBytes * (columns + 1))];
    private int _headLength;
    private int _end = Varint.MaxBytes * (columns + 1);

    private int BodyStart => _head.Length;

    public void AddNull() => _head[_headLength++] = Null;

    public void Add(long value)
    {
        ulong magnitude = (ulong)(value < 0 ? ~value : value);
        if (magnitude <= 1 && value >= 0)
        {
            _head[_headLength++] = (byte)(Zero + (int)value);
            return;
        }

        (int type, int bytes) = magnitude switch
        {
            <= 0x7F => (1, 1),
            <= 0x7FFF => (2, 2),
            <= 0x7F_FFFF => (3, 3),
            <= 0x7FFF_FFFF => (4, 4),
            <= 0x7FFF_FFFF_FFFF => (5, 6),
            _ => (6, 8),
        };
        _head[_headLength++] = (byte)type;
        Span<byte> place = Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(place, value << (64 - (8 * bytes)));
        _end += bytes;
    }

    /// <summary>Adds a value of a column of type REAL; NaN is null. A whole number is stored as such, which takes fewer bytes, as SQLite does.</summary>
    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            AddNull();
        }
        else if (Math.Abs(value) <= MaxWholeReal && value == Math.Truncate(value))
        {
            Add((long)value);
        }
        else
        {
            _head[_headLength++] = Real;
            BinaryPrimitives.WriteDoubleBigEndian(Reserve(sizeof(double)), value);
            _end += sizeof(double);
        }
    }

    /// <summary>Adds a text in UTF-8.</summary>
    /// <exception cref="IngestException">The row is too long for SQLite.</exception>
    public void Add(ReadOnlySpan<byte> text)
    {
        _headLength += Varint.Write(_head.AsSpan(_headLength), FirstText + (2 * (ulong)text.Length));
        text.CopyTo(Reserve(text.Length));
        _end += text.Length;
    }

    /// <summary>Adds a text of a batch; a null text is null.</summary>
    public void AddText(SummaryBatch batch, TextRef text)
    {
        if (text.IsNull)
        {
            AddNull();
        }
        else
        {
            Add(batch.Text(text));
        }
    }

    /// <summary>Returns the row and starts the next one. The bytes are valid until the next call.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        // The length of the head counts its own bytes.
        int length = _headLength + 1;
        length += Varint.Length((ulong)length) > 1 ? 1 : 0;
        int start = BodyStart - length;
        int lengthBytes = Varint.Write(_bytes.AsSpan(start), (ulong)length);
        _head.AsSpan(0, _headLength).CopyTo(_bytes.AsSpan(start + lengthBytes));
        if (_bytes.Length > KeptBytes && _end <= KeptBytes)
        {
            Array.Resize(ref _bytes, KeptBytes);
        }

        ReadOnlySpan<byte> row = _bytes.AsSpan(start, _end - start);
        (_headLength, _end) = (0, BodyStart);
        return row;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_end - BodyStart > MaxBytes - bytes)
        {
            throw SqliteFault.Explain(displayPath, raw.SQLITE_TOOBIG, "");
        }

        if (_bytes.Length - _end < bytes)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(_bytes.Length * 2L, _end + (long)bytes), BodyStart + (long)MaxBytes));
        }

        return _bytes.AsSpan(_end);
    }
}
