using System.Buffers.Binary;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Decodes tuples in the binary format of COPY; the counterpart of <see cref="CopyBuffer"/>.</summary>
internal ref struct CopyTupleReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    /// <param name="bytes">A whole COPY result, from the header to the trailer.</param>
    public CopyTupleReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;

        // A reader may skip the flags and the extension of the header.
        int extensionAt = CopyFormat.Header.Length - 4;
        _at = CopyFormat.Header.Length + BinaryPrimitives.ReadInt32BigEndian(bytes[extensionAt..]);
    }

    private CopyTupleReader(ReadOnlySpan<byte> bytes, int at)
    {
        _bytes = bytes;
        _at = at;
    }

    /// <summary>The unread bytes.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_at..];

    /// <summary>Creates a reader for the fields of a single tuple.</summary>
    public static CopyTupleReader OfTuple(ReadOnlySpan<byte> tuple) => new(tuple, sizeof(short));

    /// <summary>Returns the length in bytes of the first of several tuples.</summary>
    public static int LengthOf(ReadOnlySpan<byte> tuples)
    {
        int at = sizeof(short);
        for (int field = BinaryPrimitives.ReadInt16BigEndian(tuples); field > 0; field--)
        {
            at += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(tuples[at..]));
        }

        return at;
    }

    /// <summary>Moves to the next tuple; false at the end. All fields of the previous tuple must have been read.</summary>
    public bool Next()
    {
        short fields = BinaryPrimitives.ReadInt16BigEndian(_bytes[_at..]);
        _at += 2;
        return fields >= 0;
    }

    /// <summary>Reads the bytes of the next field; false when the field is null.</summary>
    public bool TryField(out ReadOnlySpan<byte> field)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(_bytes[_at..]);
        _at += 4;
        field = length < 0 ? default : _bytes.Slice(_at, length);
        _at += Math.Max(0, length);
        return length >= 0;
    }

    public int Int4() => TryField(out ReadOnlySpan<byte> field) ? BinaryPrimitives.ReadInt32BigEndian(field) : 0;

    public long Int8() => TryField(out ReadOnlySpan<byte> field) ? BinaryPrimitives.ReadInt64BigEndian(field) : 0;

    /// <summary>Reads a number; NaN for null.</summary>
    public double Float8() => TryField(out ReadOnlySpan<byte> field) ? BinaryPrimitives.ReadDoubleBigEndian(field) : double.NaN;

    /// <summary>Reads a UUID; the UUID of zeros for null.</summary>
    public Guid Uuid() => TryField(out ReadOnlySpan<byte> field) ? new Guid(field, bigEndian: true) : default;

    /// <summary>Reads a date as days since 0001-01-01.</summary>
    public int Date() => Int4() + CopyFormat.EpochDay;
}
