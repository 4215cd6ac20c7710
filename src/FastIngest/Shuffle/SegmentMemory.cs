using System.Numerics;

namespace FastIngest.Shuffle;

/// <summary>
/// Arrays for segments that fill side by side, by size. A segment that grows gives its smaller array back for another:
/// so there are as many of a size as were ever needed at once, however the sizes of the segments change. Not thread-safe.
/// </summary>
internal sealed class SegmentMemory
{
    private const int LeastBits = 10;
    private const int MostBits = 30;

    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(0, MostBits - LeastBits + 1).Select(_ => new Stack<byte[]>())];

    /// <summary>An array of at least so many bytes.</summary>
    public byte[] Rent(long bytes)
    {
        if (bytes > 1 << MostBits)
        {
            return GC.AllocateUninitializedArray<byte>((int)Math.Min(bytes * 2, Array.MaxLength));
        }

        int size = BitOperations.Log2((ulong)Math.Max(bytes, 1 << LeastBits) - 1) + 1 - LeastBits;
        return _free[size].TryPop(out byte[]? array) ? array : GC.AllocateUninitializedArray<byte>(1 << (size + LeastBits));
    }

    public void Return(byte[] array)
    {
        int size = BitOperations.Log2((uint)array.Length | 1) - LeastBits;
        if (array.Length > 0 && BitOperations.IsPow2(array.Length) && (uint)size < (uint)_free.Length)
        {
            _free[size].Push(array);
        }
    }
}
