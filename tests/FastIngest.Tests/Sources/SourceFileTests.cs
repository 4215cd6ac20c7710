using System.Diagnostics;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

/// <summary>A file that others write while it is read: nobody waits long, and no page vanishes under a reader.</summary>
public sealed class SourceFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public SourceFileTests() => _path = _folder.Write("data", "0123456789"u8);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_writer_that_comes_while_no_window_is_held_gets_through_at_the_next_look()
    {
        using SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        using FileWindow window = new();
        window.Attach(file);
        RequireMapped(file);
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
    public void A_writer_that_comes_while_a_window_is_held_waits_until_it_is_left_and_no_longer()
    {
        using SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        using FileWindow window = new();
        window.Attach(file);
        RequireMapped(file);
        window.MoveTo(0, 100);
        using Process writer = StartWriter();
        Assert.True(window.Bytes.SequenceEqual("0123456789"u8));
        window.Leave();
        AssertWritten(writer);
        Assert.False(file.IsMapped);
    }

    [Fact]
    public void A_writer_waits_for_the_last_of_several_windows()
    {
        using SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        using FileWindow one = new();
        using FileWindow other = new();
        one.Attach(file);
        other.Attach(file);
        RequireMapped(file);
        one.MoveTo(0, 5);
        other.MoveTo(5, 5);
        using Process writer = StartWriter();
        one.Leave();
        Assert.True(IsWriterWaiting());
        Assert.True(other.Bytes.SequenceEqual("56789"u8));
        other.Leave();
        AssertWritten(writer);
    }

    [Fact]
    public void A_file_that_is_given_back_lets_its_writer_through()
    {
        Process writer;
        using (SourceFile file = SourceFile.Open(_path, IoMode.Auto))
        {
            RequireMapped(file);
            writer = StartWriter();
        }

        AssertWritten(writer);
        writer.Dispose();
    }

    [Fact]
    public void A_file_that_is_open_for_writing_is_read_and_not_mapped()
    {
        using FileStream writer = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        using SourceFile file = SourceFile.Open(_path, IoMode.Auto);
        Assert.False(file.IsMapped);
        using SourceFile mapped = SourceFile.Open(_path, IoMode.Mmap);
        Assert.True(mapped.IsMapped);
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_read_is_named_in_the_fault()
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
    public void A_file_that_grows_is_read_up_to_its_size_at_opening()
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
    public void What_is_no_readable_file_is_a_fault_with_its_path()
    {
        string missing = _folder.File("missing");
        Assert.Contains(missing, Assert.Throws<IngestException>(() => SourceFile.Open(missing, IoMode.Auto)).Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, Assert.Throws<IngestException>(() => SourceFile.Open(_folder.Path, IoMode.Auto)).Message, StringComparison.Ordinal);
    }

    /// <summary>File systems without leases have files read instead; there is nothing to test then.</summary>
    private static void RequireMapped(SourceFile file) => Assert.SkipUnless(file.IsMapped, "This file system has no leases.");

    /// <summary>A process that appends to the file and waits for the lease: the kernel lets it go on only when the lease is given back.</summary>
    private Process StartWriter()
    {
        Process writer = Process.Start(new ProcessStartInfo("sh", ["-c", $"echo more >> '{_path}'"]))!;
        Poll.Until(
            () =>
            {
                Assert.False(writer.HasExited, "The writer did not wait for the lease.");
                return IsWriterWaiting();
            },
            "Nobody asked for the file.");
        return writer;
    }

    /// <summary>Whether somebody waits until this process gives back its lease on the file.</summary>
    private bool IsWriterWaiting()
    {
        string descriptor = Directory.GetFiles("/proc/self/fd").Single(d => new FileInfo(d).LinkTarget == _path);
        return File.ReadLines($"/proc/self/fdinfo/{Path.GetFileName(descriptor)}").Any(l => l.Contains("LEASE  BREAKING", StringComparison.Ordinal));
    }

    private void AssertWritten(Process writer)
    {
        Assert.True(writer.WaitForExit(Poll.Deadline), "The writer still waits.");
        Assert.Equal("0123456789more\n", File.ReadAllText(_path));
    }
}
