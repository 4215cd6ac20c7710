using System.Diagnostics;
using System.Text;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

/// <summary>A file that other processes write while it is read: no process waits long, and no page vanishes during a read.</summary>
public sealed class SourceFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public SourceFileTests() => _path = _folder.Write("data", "0123456789"u8);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_writer_that_arrives_while_no_window_is_mapped_proceeds_at_the_next_check()
    {
        using SourceFile file = OpenLeased();
        using FileWindow window = new();
        window.Attach(file);
        using Process writer = StartWriter();
        Assert.True(file.IsMapped);
        window.MoveTo(0, 100);
        Assert.False(file.IsMapped);
        Assert.True(window.Bytes.SequenceEqual("0123456789"u8));
        AssertWritten(writer);
        window.MoveTo(0, 100);
        Assert.True(window.Bytes.SequenceEqual("0123456789"u8));
    }

    [Fact]
    public void A_writer_that_arrives_while_a_window_is_mapped_waits_only_until_it_is_unmapped()
    {
        using SourceFile file = OpenLeased();
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, 100);
        using Process writer = StartWriter();
        Assert.True(window.Bytes.SequenceEqual("0123456789"u8));
        window.Release();
        AssertWritten(writer);
        Assert.False(file.IsMapped);
    }

    [Fact]
    public void A_writer_waits_for_the_last_of_several_windows()
    {
        using SourceFile file = OpenLeased();
        using FileWindow one = new();
        using FileWindow other = new();
        one.Attach(file);
        other.Attach(file);
        one.MoveTo(0, 5);
        other.MoveTo(5, 5);
        using Process writer = StartWriter();
        one.Release();
        Assert.True(IsWriterWaiting());
        Assert.True(other.Bytes.SequenceEqual("56789"u8));
        other.Release();
        AssertWritten(writer);
    }

    [Fact]
    public void Closing_a_file_lets_a_waiting_writer_proceed()
    {
        Process writer;
        using (SourceFile file = OpenLeased())
        {
            writer = StartWriter();
        }

        AssertWritten(writer);
        writer.Dispose();
    }

    [Fact]
    public void A_file_that_is_open_for_writing_is_read_and_not_mapped()
    {
        using FileStream writer = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        foreach (IoMode mode in Enum.GetValues<IoMode>())
        {
            using SourceFile file = SourceFile.Open(_path, mode);
            Assert.False(file.IsMapped);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_faster_way_is_kept_after_both_were_measured(bool isMapFaster)
    {
        File.WriteAllBytes(_path, new byte[SourceFile.MinMapBytes]);
        using SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        Assert.SkipUnless(file.IsMapped, "This file system does not support leases.");
        Assert.False(file.PrefersMap(SourceFile.MinMapBytes - 1));
        List<bool> ways = [];
        for (int i = 0; i < 2 * IoTrial.WindowsEachWay; i++)
        {
            bool isMapped = file.PrefersMap(SourceFile.MinMapBytes);
            ways.Add(isMapped);
            file.AddTime(isMapped, SourceFile.MinMapBytes, isMapped == isMapFaster ? 1000 : 2000);
        }

        Assert.Equal(IoTrial.WindowsEachWay, ways.Count(w => w));
        Assert.Equal(isMapFaster, file.PrefersMap(SourceFile.MinMapBytes));

        // Without mappings no lease is needed, and no writer has to wait.
        Assert.Equal(isMapFaster, file.IsMapped);
    }

    [Fact]
    public void Windows_of_all_sizes_show_the_same_bytes_while_ways_are_measured_and_bytes_loaded()
    {
        byte[] bytes = new byte[10 * SourceFile.MinMapBytes];
        new Random(3).NextBytes(bytes);
        File.WriteAllBytes(_path, bytes);
        using SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        using FileWindow window = new();
        using FileWindow other = new();
        window.Attach(file);
        other.Attach(file);
        Fuzz.Run(4, 200, random =>
        {
            int offset = random.Next(bytes.Length);
            int length = random.Next(1, bytes.Length - offset + 1);
            (random.Next(2) == 0 ? window : other).Release();
            window.MoveTo(offset, length);
            other.MoveTo(offset / 2, 100);
            Assert.True(bytes.AsSpan(offset, length).SequenceEqual(window.Bytes), $"{offset} {length}");
            Assert.True(bytes.AsSpan(offset / 2, Math.Min(100, bytes.Length - (offset / 2))).SequenceEqual(other.Bytes), $"{offset / 2}");
        });
    }

    [Fact]
    public void The_error_names_a_file_that_becomes_shorter_while_it_is_read()
    {
        using SourceFile file = SourceFile.Open(_path, IoMode.Pread);
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, 5);
        File.WriteAllText(_path, "0123456");
        IngestException fault = Assert.Throws<IngestException>(() => window.MoveTo(5, 5));
        Assert.Contains($"{_path} became shorter while it was read: it ends at byte 7 of 10.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_growing_file_is_read_up_to_its_size_when_opened()
    {
        using SourceFile file = SourceFile.Open(_path, IoMode.Pread);
        File.AppendAllText(_path, "more");
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, 100);
        Assert.True(window.Bytes.SequenceEqual("0123456789"u8));
        Assert.True(window.ReachesEnd);
    }

    [Fact]
    public void A_small_file_is_neither_leased_nor_mapped_unless_the_user_asks_for_it()
    {
        using SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        Assert.False(file.IsMapped);
    }

    [Theory]
    [InlineData(IoMode.Auto)]
    [InlineData(IoMode.Pread)]
    public void A_small_file_is_read_from_memory_after_its_head_was_read_until_it_is_finished(IoMode mode)
    {
        using SourceFile file = SourceFile.Open(_path, mode);
        file.HoldHead(new byte[100]);
        file.ReleaseHead(new HeldContents(1 << 20));
        Assert.DoesNotContain(_path, OpenPaths());
        File.Delete(_path);
        file.Rewind();
        Assert.Equal("0123456789", Content(file));
        file.Finish();
        Assert.Contains($"{_path} does not exist", Assert.Throws<IngestException>(() => Content(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_wholly_in_its_head_or_is_to_be_mapped_or_has_no_room_stays_open()
    {
        HeldContents room = new(1 << 20), noRoom = new(0);
        foreach ((IoMode mode, int headBytes, HeldContents held) in ((IoMode, int, HeldContents)[])[(IoMode.Auto, 9, room), (IoMode.Mmap, 100, room), (IoMode.Auto, 100, noRoom)])
        {
            using SourceFile file = SourceFile.Open(_path, mode);
            byte[] head = new byte[headBytes];
            file.HoldHead(head);
            file.ReleaseHead(held);
            Array.Clear(head);
            Assert.Contains(_path, OpenPaths());
            Assert.Equal("0123456789", Content(file));
        }
    }

    [Fact]
    public void Contents_are_held_up_to_a_limit_and_none_changes_another()
    {
        HeldContents held = new(600 * 1024);
        List<(byte[] Expected, ReadOnlyMemory<byte> Kept)> all = [];
        Random random = new(5);
        for (int i = 0; i < 200; i++)
        {
            byte[] content = new byte[random.Next(1, HeldContents.MaxFileBytes + 1)];
            random.NextBytes(content);
            all.Add((content, held.Keep(content)));
        }

        Assert.InRange(held.Bytes, 1, 600 * 1024);
        Assert.InRange(all.Count(c => !c.Kept.IsEmpty), 30, 100);
        Assert.All(all.Where(c => !c.Kept.IsEmpty), c => Assert.True(c.Kept.Span.SequenceEqual(c.Expected)));
        Assert.True(new HeldContents(1 << 20).Keep(new byte[HeldContents.MaxFileBytes + 1]).IsEmpty);
    }

    [Fact]
    public void A_file_that_was_closed_and_has_another_length_later_is_an_error()
    {
        using SourceFile file = OpenAndClose();
        File.AppendAllText(_path, "more");
        Assert.Contains("changed while the run was under way: it had 10 bytes and has 14", Assert.Throws<IngestException>(() => Content(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_was_closed_and_replaced_or_written_by_one_of_the_same_length_is_an_error(bool isReplaced)
    {
        using SourceFile file = OpenAndClose();
        byte[] other = [.. Enumerable.Repeat((byte)'x', (int)file.Length)];
        if (isReplaced)
        {
            File.WriteAllBytes(_path + ".new", other);
            File.Move(_path + ".new", _path, overwrite: true);
        }
        else
        {
            File.WriteAllBytes(_path, other);
        }

        // The clock of a file system has steps of some milliseconds.
        File.SetLastWriteTimeUtc(_path, DateTime.UtcNow.AddSeconds(1));

        Assert.Contains("was replaced or written while the run was under way", Assert.Throws<IngestException>(() => Content(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_at_the_path_of_a_file_that_was_closed_is_an_error_and_nobody_waits_for_its_writer()
    {
        using SourceFile file = OpenAndClose();
        File.Delete(_path);
        using (Process pipe = Process.Start("mkfifo", [_path]))
        {
            pipe.WaitForExit();
        }

        Assert.Contains("is a pipe or a device", Assert.Throws<IngestException>(() => Content(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_for_an_unreadable_path_contains_the_path()
    {
        string missing = _folder.File("missing");
        Assert.Contains(missing, Assert.Throws<IngestException>(() => SourceFile.Open(missing, IoMode.Auto)).Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, Assert.Throws<IngestException>(() => SourceFile.Open(_folder.Path, IoMode.Auto)).Message, StringComparison.Ordinal);
    }

    private static string Content(SourceFile file)
    {
        byte[] bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return Encoding.UTF8.GetString(bytes);
    }

    private static IEnumerable<string?> OpenPaths() => Directory.GetFiles("/proc/self/fd").Select(d => new FileInfo(d).LinkTarget);

    /// <summary>Opens the file as one of a run with more files than may be open.</summary>
    private SourceFile OpenAndClose()
    {
        SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        file.AllowClosing();
        file.Rewind();
        Assert.DoesNotContain(_path, OpenPaths());
        return file;
    }

    /// <summary>Opens the file so that also small windows are mapped, under a lease. On file systems without leases such a test is skipped.</summary>
    private SourceFile OpenLeased()
    {
        using (SourceFile leased = SourceFile.Open(_folder.Write("large", new byte[SourceFile.MinMapBytes]), IoMode.Auto))
        {
            Assert.SkipUnless(leased.IsMapped, "This file system does not support leases.");
        }

        return SourceFile.Open(_path, IoMode.Mmap);
    }

    /// <summary>Starts a process that appends to the file. The kernel blocks it until the lease is returned.</summary>
    private Process StartWriter()
    {
        Process writer = Process.Start(new ProcessStartInfo("sh", ["-c", $"echo more >> '{_path}'"]))!;
        Poll.Until(
            () =>
            {
                Assert.False(writer.HasExited, "The writer did not wait for the lease.");
                return IsWriterWaiting();
            },
            "The writer did not request the file.");
        return writer;
    }

    /// <summary>Whether a process waits for this process to return its lease on the file.</summary>
    private bool IsWriterWaiting()
    {
        string descriptor = Directory.GetFiles("/proc/self/fd").Single(d => new FileInfo(d).LinkTarget == _path);
        return File.ReadLines($"/proc/self/fdinfo/{Path.GetFileName(descriptor)}").Any(l => l.Contains("LEASE  BREAKING", StringComparison.Ordinal));
    }

    private void AssertWritten(Process writer)
    {
        Assert.True(writer.WaitForExit(Poll.Deadline), "The writer is still blocked.");
        Assert.Equal("0123456789more\n", File.ReadAllText(_path));
    }
}
