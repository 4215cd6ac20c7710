using System.Diagnostics;
using FastIngest.Storage.Files;

namespace FastIngest.Tests.Storage.Files;

/// <summary>What an earlier run or another program left at the name of a partial file is removed and never written.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PartialFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Leftovers => ["symbolic link", "link to nothing", "hard link", "pipe", "file"];

    private string Target => _folder["h.db"];

    private string Keep => _folder["keep.txt"];

    public void Dispose() => _folder.Dispose();

    /// <summary>Leaves something at a name; a link leads to a file that must stay as it is.</summary>
    private static void Leave(string kind, string path, string keep)
    {
        File.WriteAllText(keep, "x");
        (string program, string[] arguments) = kind switch
        {
            "symbolic link" => ("ln", (string[])["-s", keep, path]),
            "link to nothing" => ("ln", ["-s", keep + "-missing", path]),
            "hard link" => ("ln", [keep, path]),
            "pipe" => ("mkfifo", [path]),
            _ => ("cp", [keep, path]),
        };
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Leftovers))]
    public async Task A_leftover_is_replaced_and_what_it_leads_to_stays(string kind)
    {
        Leave(kind, PartialFile.PathFor(Target), Keep);
        Leave(kind, PartialFile.ReplacementOf(PartialFile.PathFor(Target)), Keep);

        using (PartialFile file = PartialFile.Create(Target, Target))
        {
            file.Stream.Write("first"u8);
            file.OpenReplacement().Write("second"u8);
            file.UseReplacement();
            await file.PublishAsync(replace: true, TestContext.Current.CancellationToken);
        }

        Assert.Equal(("second", "x"), (File.ReadAllText(Target), File.ReadAllText(Keep)));
        Assert.Equal(["h.db", "keep.txt"], _folder.Names);
        Assert.Null(new FileInfo(Target).LinkTarget);
    }

    [Theory]
    [MemberData(nameof(Leftovers))]
    public void A_small_file_replaces_a_leftover(string kind)
    {
        Leave(kind, Target, Keep);

        PrivateFile.Write(Target, Target + ".none", "new"u8);

        Assert.Equal(("new", "x"), (File.ReadAllText(Target), File.ReadAllText(Keep)));
        Assert.Equal(["h.db", "keep.txt"], _folder.Names);
    }

    [Fact]
    public void A_folder_of_that_name_is_an_error()
    {
        Directory.CreateDirectory(PartialFile.PathFor(Target));

        IngestException fault = Assert.Throws<IngestException>(() => PartialFile.Create(Target, Target));

        Assert.Contains($"{Target}.partial is a folder", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_another_run_writes_stays()
    {
        using PartialFile file = PartialFile.Create(Target, Target);
        file.Stream.Write("rows"u8);

        IngestException fault = Assert.Throws<IngestException>(() => PartialFile.Create(Target, Target));

        Assert.Contains("is being written by another run", fault.Message, StringComparison.Ordinal);
        Assert.Contains("being written by a run", Assert.Throws<IngestException>(() => UnfinishedFiles.Remove(Target, isDryRun: false)).Message, StringComparison.Ordinal);
        Assert.Contains("being written by a run", Assert.Throws<IngestException>(() => UnfinishedFiles.Remove(Target, isDryRun: true)).Message, StringComparison.Ordinal);
        Assert.Equal("rows", ReadShared(PartialFile.PathFor(Target)));
    }

    [Fact]
    public async Task Of_many_that_begin_at_the_same_time_one_writes()
    {
        for (int round = 0; round < 20; round++)
        {
            File.WriteAllText(PartialFile.PathFor(Target), "left");
            using Barrier start = new(4);
            PartialFile?[] files = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    try
                    {
                        return PartialFile.Create(Target, Target);
                    }
                    catch (IngestException)
                    {
                        return null;
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            int open = files.Count(f => f is not null);
            Array.ForEach(files, f => f?.Dispose());
            Assert.InRange(open, 0, 1);
        }
    }

    [Fact]
    public async Task A_file_that_was_replaced_while_it_was_written_is_not_published()
    {
        using PartialFile file = PartialFile.Create(Target, Target);
        File.Delete(file.PartialPath);
        Leave("symbolic link", file.PartialPath, Keep);

        IngestException fault = await Assert.ThrowsAsync<IngestException>(async () => await file.PublishAsync(replace: true, TestContext.Current.CancellationToken));

        Assert.Contains("was removed or replaced by another program", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    private static string ReadShared(string path)
    {
        // The reader has no lock of its own: .NET locks a file that it opens for writing or without sharing.
        using Process process = Process.Start(new ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }
}
