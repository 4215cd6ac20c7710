using System.Buffers.Binary;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Reads a <c>real[]</c> in the binary format of PostgreSQL.</summary>
internal static class RealArray
{
    /// <summary>The bytes before the first element: dimensions, flags, type, length and lower bound.</summary>
    private const int HeaderBytes = 20;

    private const int LengthAt = 12, ElementBytes = 8;

    /// <summary>Fills a span; false when the array has another length, or nulls, and then the span is undefined.</summary>
    public static bool TryRead(ReadOnlySpan<byte> field, Span<float> numbers)
    {
        if (field.Length != HeaderBytes + (ElementBytes * numbers.Length) || BinaryPrimitives.ReadInt32BigEndian(field[LengthAt..]) != numbers.Length)
        {
            return false;
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadSingleBigEndian(field[(HeaderBytes + (i * ElementBytes) + sizeof(int))..]);
        }

        return true;
    }
}
