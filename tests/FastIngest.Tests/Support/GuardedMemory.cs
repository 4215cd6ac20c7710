using System.Runtime.InteropServices;

namespace FastIngest.Tests.Support;

/// <summary>
/// Memory between two inaccessible pages: code that reads a byte before or after the data ends the process.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int PageBytes = 4096;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _start;
    private readonly int _capacity;

    public GuardedMemory(int capacity)
    {
        _capacity = (capacity + PageBytes - 1) / PageBytes * PageBytes;
        nint map = Map(0, (nuint)(_capacity + (2 * PageBytes)), ReadWrite, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, map);
        Assert.Equal(0, Protect(map, PageBytes, 0));
        Assert.Equal(0, Protect(map + PageBytes + _capacity, PageBytes, 0));
        _start = (byte*)map + PageBytes;
    }

    /// <summary>The data, ending directly before an inaccessible page.</summary>
    public Span<byte> AtEnd(ReadOnlySpan<byte> data) => Put(data, _capacity - data.Length);

    /// <summary>The data, starting directly after an inaccessible page.</summary>
    public Span<byte> AtStart(ReadOnlySpan<byte> data) => Put(data, 0);

    // SAFETY: from the start of the mapping, without the guard pages.
    public void Dispose() => _ = Unmap((nint)_start - PageBytes, (nuint)(_capacity + (2 * PageBytes)));

    private Span<byte> Put(ReadOnlySpan<byte> data, int offset)
    {
        Assert.True(data.Length <= _capacity, "The guarded memory is too small.");

        // SAFETY: offset and length lie within the capacity between the guard pages.
        Span<byte> place = new(_start + offset, data.Length);
        data.CopyTo(place);
        return place;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
