using System.IO.Compression;
using System.Text;
using FastIngest.Lexicon;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Ndjson;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>A folder with dictionary files, and runs that read them.</summary>
internal sealed class EntryRuns : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("fastingest-entries-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    public string RejectsPath => this["rejects.out"];

    /// <summary>The rejects of the last run, one per line.</summary>
    public string[] Rejects => File.Exists(RejectsPath) ? File.ReadAllLines(RejectsPath) : [];

    public LexiconOptions Options(string path) => new() { Source = "sample", Path = this[path], RejectsPath = RejectsPath };

    public EntryRuns Write(string name, string text)
    {
        File.WriteAllText(this[name], text, new UTF8Encoding(false));
        return this;
    }

    /// <summary>Creates <c>name.gz</c> beside a file.</summary>
    public void Pack(string name)
    {
        using GZipStream gzip = new(File.Create(this[name + ".gz"]), CompressionLevel.Fastest);
        gzip.Write(File.ReadAllBytes(this[name]));
    }

    public LexiconReport Run(LexiconOptions options, IEntrySink sink)
    {
        File.Delete(RejectsPath);
        return LexiconIngest.RunAsync(options, [sink], new LexiconGauges(), null, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>Runs with ndjson as the target; returns the text and the result.</summary>
    public (string Output, EntryResult Result, LexiconReport Report) Print(LexiconOptions options)
    {
        using MemoryStream output = new();
        EntryNdjsonSink sink = new("-", () => output);
        LexiconReport report = Run(options, sink);
        sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return (Encoding.UTF8.GetString(output.ToArray()), report.Sinks[0].Result!, report);
    }

    /// <summary>Begins a reprocess in small steps, and cancels it in the middle.</summary>
    public static async Task EndReprocessAsync(IEntryStore database, long afterWritten)
    {
        using CancellationTokenSource stop = new();
        LexiconGauges gauges = new();
        EndOfRun end = new(() => gauges.Result.Written >= afterWritten, stop);
        ReprocessOptions options = new("sample", new EntryPolicy(), Workers: 2, CleanBatch: 1, MergeRows: 10);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LexiconReprocess.RunAsync(database, options, gauges, end, stop.Token));
        await database.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Cancels a run after the first batch for which a condition holds.</summary>
    private sealed class EndOfRun(Func<bool> isReached, CancellationTokenSource stop) : IIngestProgress
    {
        public void Started(IReadOnlyList<RunFile> files)
        {
        }

        public void Read(int fileIndex, long bytes, long records)
        {
            if (isReached())
            {
                stop.Cancel();
            }
        }

        public void Reducing()
        {
        }

        public void Written(long rows)
        {
        }
    }
}
