using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

public sealed class FileWindowTests
{
    [Fact]
    public void Mapped_and_read_windows_show_the_same_bytes()
    {
        byte[] bytes = new byte[50_000];
        new Random(8).NextBytes(bytes);
        using TemporaryFolder folder = new();
        string path = folder.Write("data", bytes);
        foreach (IoMode mode in Enum.GetValues<IoMode>())
        {
            using SourceFile file = SourceFile.Open(path, mode);
            using FileWindow window = new();
            window.Attach(file);
            Assert.Equal(bytes.Length, window.FileLength);
            Fuzz.Run(9, 500, random =>
            {
                int offset = random.Next(bytes.Length + 1);
                int length = random.Next(60_000);
                window.MoveTo(offset, length);
                int shown = Math.Min(length, bytes.Length - offset);
                Assert.True(bytes.AsSpan(offset, shown).SequenceEqual(window.Bytes), $"{mode} {offset} {length}");
                Assert.Equal(offset, window.Offset);
                Assert.Equal(offset + shown == bytes.Length, window.ReachesEnd);
            });
        }
    }

    [Theory]
    [InlineData(IoMode.Auto)]
    [InlineData(IoMode.Mmap)]
    [InlineData(IoMode.Pread)]
    public void A_window_at_or_beyond_the_end_is_empty(IoMode mode)
    {
        using TemporaryFolder folder = new();
        foreach (int length in (int[])[0, 1, 4096, 5000])
        {
            using SourceFile file = SourceFile.Open(folder.Write($"data{length}", new byte[length]), mode);
            using FileWindow window = new();
            window.Attach(file);
            foreach (long offset in (long[])[length, length + 1, length + 10_000])
            {
                window.MoveTo(offset, 100);
                Assert.True(window.Bytes.IsEmpty);
                Assert.True(window.ReachesEnd);
                Assert.Equal(length, window.Offset);
            }
        }
    }
}
