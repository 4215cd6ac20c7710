namespace FastIngest.Storage.Sqlite.Trees;

/// <summary>
/// SQLite's numbers of variable length: seven bits a byte, the highest first, and the high bit says that another byte follows.
/// Numbers here have at most 35 bits. https://www.sqlite.org/fileformat2.html#varint
/// </summary>
internal static class Varint
{
    /// <summary>The largest length in bytes of a number that has at most 35 bits.</summary>
    public const int MaxBytes = 5;

    public static int Length(ulong value)
    {
        int length = 1;
        while ((value >>= 7) != 0)
        {
            length++;
        }

        return length;
    }

    /// <summary>Writes a number and returns its length in bytes.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        if (value < 0x80)
        {
            destination[0] = (byte)value;
            return 1;
        }

        int length = Length(value);
        destination[length - 1] = (byte)(value & 0x7F);
        for (int i = length - 2; i >= 0; i--)
        {
            value >>= 7;
            destination[i] = (byte)(0x80 | (value & 0x7F));
        }

        return length;
    }
}
