using System.Text;
using FastIngest.Shuffle;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Shuffle;

/// <summary>A spill file is self-contained, and a file that cannot be read is rejected.</summary>
public sealed class SpillFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_another_process_wrote_can_be_read()
    {
        using SpillFile file = Open(Ints("FISP", 2, 0x01020304, 0, 1, 2, 42, 0, 5, 7, 9, 6), "first."u8, Ints(5, 7, 10, 4), "next"u8, Ints(0, 1, 17, 0, 3, 0, 0, 1), "x"u8);
        List<SpillPiece>[] pieces = file.ReadPieces(partitions: 2);
        SpillPiece piece = Assert.Single(pieces[1]);
        Assert.Equal((2, 42), (piece.SegmentCount, piece.ByteCount));
        byte[] bytes = new byte[4];
        file.Read(piece, 38, bytes);
        Assert.Equal("next"u8, bytes);
        Assert.Equal(new SpillPiece(16 + 16 + 42 + 16, 1, 17), Assert.Single(pieces[0]));
    }

    [Fact]
    public void A_written_file_has_the_documented_format()
    {
        BlockPool pool = new(1 << 20);
        PartitionBuffer[] buffers = [new(), new(), new()];
        buffers[1].Append(pool, new SegmentId(5, 7, 9), "first."u8);
        buffers[1].Append(pool, new SegmentId(5, 7, 10), "next"u8);
        using SpillFile file = new(_folder.Path);
        file.Write(buffers, pool);
        byte[] expected = [.. Ints("FISP", 2, 0x01020304, 0, 1, 2, 42, 0, 5, 7, 9, 6), .. "first."u8, .. Ints(5, 7, 10, 4), .. "next"u8];
        byte[] bytes = new byte[file.Length];
        file.Read(new SpillPiece(0, 0, bytes.Length), 0, bytes);
        Assert.Equal(expected, bytes);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("FISP", 1, 0x01020304, "has version 1; this program reads version 2.")]
    [InlineData("FISP", 3, 0x01020304, "has version 3; this program reads version 2.")]
    [InlineData("FISP", 2, 0x04030201, "is not a spill file for this machine.")]
    [InlineData("PNG!", 2, 0x01020304, "is not a spill file for this machine.")]
    public void Another_version_byte_order_or_file_type_is_rejected(string magic, int version, int byteOrder, string message)
    {
        using SpillFile file = Open(Ints(magic, version, byteOrder, 0));
        Assert.EndsWith(message, Assert.Throws<IngestException>(() => file.ReadPieces(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_or_damaged_file_is_rejected()
    {
        byte[] whole = [.. Ints("FISP", 2, 0x01020304, 0, 0, 1, 18, 0, 5, 7, 9, 2), .. "ab"u8];
        for (int length = 0; length <= whole.Length; length++)
        {
            using SpillFile file = Open(whole.AsSpan(..length));
            if (length is 16 || length == whole.Length)
            {
                Assert.Equal(length == 16 ? 0 : 1, file.ReadPieces(1)[0].Count);
            }
            else
            {
                Assert.Throws<IngestException>(() => file.ReadPieces(1));
            }
        }

        foreach (int partition in (int[])[-1, 1, int.MaxValue])
        {
            using SpillFile file = Open(Ints("FISP", 2, 0x01020304, 0, partition, 0, 0, 0));
            Assert.Throws<IngestException>(() => file.ReadPieces(1));
        }
    }

    private static byte[] Ints(string magic, params int[] values) => [.. Encoding.ASCII.GetBytes(magic), .. Ints(values)];

    private static byte[] Ints(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private SpillFile Open(params ReadOnlySpan<byte> bytes)
    {
        string path = _folder.Write($"spill-{Guid.NewGuid():N}", bytes);
        return new SpillFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read), path);
    }

    private SpillFile Open(byte[] first, ReadOnlySpan<byte> second, byte[] third, ReadOnlySpan<byte> fourth, byte[] fifth, ReadOnlySpan<byte> sixth) =>
        Open([.. first, .. second, .. third, .. fourth, .. fifth, .. sixth]);
}
