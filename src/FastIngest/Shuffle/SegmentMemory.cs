using System.Numerics;

namespace FastIngest.Shuffle;

/// <summary>
/// Pools arrays for segments that grow at the same time, by size. A growing segment returns its smaller array, so the pool
/// holds at most as many arrays of a size as were in use at the same time. Not thread-safe.
/// </summary>
internal sealed class SegmentMemory
{
    private const int MinBits = 10;
    private const int MaxBits = 30;

    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(0, MaxBits - MinBits + 1).Select(_ => new Stack<byte[]>())];

    /// <summary>Returns an array of at least <paramref name="bytes"/> bytes.</summary>
    public byte[] Rent(long bytes)
    {
        if (bytes > 1 << MaxBits)
        {
            return GC.AllocateUninitializedArray<byte>((int)Math.Min(bytes * 2, Array.MaxLength));
        }

        int size = BitOperations.Log2((ulong)Math.Max(bytes, 1 << MinBits) - 1) + 1 - MinBits;
        return _free[size].TryPop(out byte[]? array) ? array : GC.AllocateUninitializedArray<byte>(1 << (size + MinBits));
    }

    public void Return(byte[] array)
    {
        int size = BitOperations.Log2((uint)array.Length | 1) - MinBits;
        if (array.Length > 0 && BitOperations.IsPow2(array.Length) && (uint)size < (uint)_free.Length)
        {
            _free[size].Push(array);
        }
    }
}
