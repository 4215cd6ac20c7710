using System.Buffers.Binary;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Reads what COPY sent in its binary format; the counterpart of <see cref="CopyBuffer"/>.</summary>
internal ref struct CopyTupleReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    /// <param name="bytes">Everything from the header to the trailer.</param>
    public CopyTupleReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;

        // The flags and an extension of the header say nothing that a reader must understand.
        int extensionAt = CopyFormat.Header.Length - 4;
        _at = CopyFormat.Header.Length + BinaryPrimitives.ReadInt32BigEndian(bytes[extensionAt..]);
    }

    private CopyTupleReader(ReadOnlySpan<byte> bytes, int at)
    {
        _bytes = bytes;
        _at = at;
    }

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_at..];

    /// <summary>The fields of one tuple.</summary>
    public static CopyTupleReader OfTuple(ReadOnlySpan<byte> tuple) => new(tuple, sizeof(short));

    /// <summary>Goes to the next tuple; false behind the last one. All fields of the one before must have been read.</summary>
    public bool Next()
    {
        short fields = BinaryPrimitives.ReadInt16BigEndian(_bytes[_at..]);
        _at += 2;
        return fields >= 0;
    }

    /// <summary>The next field's bytes; false when it is null.</summary>
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

    /// <summary>NaN when it is null.</summary>
    public double Float8() => TryField(out ReadOnlySpan<byte> field) ? BinaryPrimitives.ReadDoubleBigEndian(field) : double.NaN;

    /// <summary>Days since 0001-01-01.</summary>
    public int Date() => Int4() + CopyFormat.EpochDay;
}
