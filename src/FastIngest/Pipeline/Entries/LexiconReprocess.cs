using System.Diagnostics;
using FastIngest.Lexicon;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Cleans stored records once more. It reads the records of a database in id order, sends them through the cleaners, and
/// writes changed entries back.
/// </summary>
public static class LexiconReprocess
{
    /// <summary>The kind of the sources in progress reports. Progress counts ids; the total is the last id.</summary>
    public const string Kind = "records";

    /// <summary>The memory for records that exceed an ordinary batch; a larger record is processed alone.</summary>
    private const int MaxRecordBytes = 64 << 20;

    /// <summary>Updates the entries of one source, or of all sources, to the current rules.</summary>
    /// <param name="database">The database; the caller disposes it.</param>
    /// <param name="options">The sources and the settings.</param>
    /// <param name="gauges">Receives the progress of each stage.</param>
    /// <param name="progress">Receives the progress of each source; null for none.</param>
    /// <param name="cancellationToken">Ends the run; committed changes stay.</param>
    /// <exception cref="IngestException">The run cannot go on, or there is no such source.</exception>
    public static async Task<ReprocessReport> RunAsync(
        IEntryStore database, ReprocessOptions options, LexiconGauges gauges, IIngestProgress? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        BatchCleaner.RequireLibraries();
        List<string> warnings = [];
        await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        IReprocess reprocess = options.IsDryRun
            ? new DryRunReprocess(database, options.Policy)
            : new ReprocessSession(database, options.Policy, options.MergeRows);
        IReadOnlyList<string> sources = await ChooseAsync(database, options.Source, cancellationToken).ConfigureAwait(false);
        progress?.Started(await ExtentsAsync(database, sources, cancellationToken).ConfigureAwait(false));
        List<ReprocessedSource> done = [];
        foreach (string each in sources)
        {
            EntryResult? result = null;
            while (result is null)
            {
                try
                {
                    using StoredFeed feed = new(await reprocess.BeginAsync(each, cancellationToken).ConfigureAwait(false), done.Count, options.CleanBatch);
                    gauges.Clear();
                    await CleanAsync(database, each, feed, options.Workers, gauges, Write, cancellationToken).ConfigureAwait(false);
                    result = await reprocess.FinishAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (IngestException e) when (!cancellationToken.IsCancellationRequested)
                {
                    if (!await TryReopenAsync(database, e, cancellationToken).ConfigureAwait(false))
                    {
                        throw;
                    }

                    warnings.Add($"Reconnected to {database.DisplayName} after a fault: {e.Message}");
                }
            }

            done.Add(new ReprocessedSource(each, result, reprocess.Removed));
        }

        return new ReprocessReport(database.DisplayName, done, Stopwatch.GetElapsedTime(started), warnings);

        void Write(EntryBatch batch, CancellationToken token)
        {
            ValueTask task = reprocess.WriteAsync(batch, token);
            if (!task.IsCompletedSuccessfully)
            {
                task.AsTask().GetAwaiter().GetResult();
            }

            gauges.Show(reprocess.SoFar, 0);
            progress?.Read(batch.FileIndex, batch.FileBytes, batch.RowCount);
        }
    }

    /// <summary>Sends the records of a feed through the cleaners and compares the results with the stored entries.</summary>
    internal static Task CleanAsync(
        IEntryStore database, string source, StoredFeed feed, int workers, LexiconGauges gauges, Action<EntryBatch, CancellationToken> write, CancellationToken cancellationToken)
    {
        CleanStage stage = new(workers, gauges);
        return Task.Factory.StartNew(
            () => stage.Run(feed, MaxRecordBytes, MakeCleaner, write, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        Action<EntryBatch, CancellationToken> MakeCleaner()
        {
            BatchCleaner cleaner = new(source);
            IStoredComparer comparer = database.CreateComparer(source);
            return (batch, token) =>
            {
                cleaner.Clean(batch, token);
                comparer.Compare(batch);
            };
        }
    }

    /// <summary>Returns one source, if it is registered, or all sources in id order.</summary>
    /// <exception cref="IngestException">The source is not registered.</exception>
    internal static async Task<IReadOnlyList<string>> ChooseAsync(IEntryStore database, string? source, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> sources = await database.SourcesAsync(cancellationToken).ConfigureAwait(false);
        return source is null ? sources
            : sources.Contains(source) ? [source]
            : throw new IngestException(
                $"{database.DisplayName} has no source {source}.",
                sources.Count > 0 ? $"It has {string.Join(", ", sources)}." : "Load one with ingest --source ID --file PATH.");
    }

    /// <summary>Returns each source with the id of its last record as its size.</summary>
    internal static async Task<IReadOnlyList<RunFile>> ExtentsAsync(IEntryStore database, IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        List<RunFile> extents = [];
        foreach (string source in sources)
        {
            extents.Add(new RunFile(source, Kind, await database.LastIdAsync(source, cancellationToken).ConfigureAwait(false)));
        }

        return extents;
    }

    /// <summary>Whether the fault was transient; the database is then open once more.</summary>
    private static async Task<bool> TryReopenAsync(IEntryStore database, Exception fault, CancellationToken cancellationToken)
    {
        while (await database.TryStartOverAsync(fault, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await database.OpenAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (IngestException next)
            {
                fault = next;
            }
        }

        return false;
    }
}

/// <summary>The settings of a reprocess.</summary>
/// <param name="Source">The id of one source; null for all sources.</param>
/// <param name="Policy">Selects the entries that are written.</param>
/// <param name="Workers">The number of cleaning threads.</param>
/// <param name="CleanBatch">The maximum number of records in a batch.</param>
/// <param name="MergeRows">The number of changes in one merge.</param>
/// <param name="IsDryRun">Whether the run only counts changes and writes nothing.</param>
public sealed record ReprocessOptions(string? Source, EntryPolicy Policy, int Workers, int CleanBatch = 5_000, int MergeRows = 10_000, bool IsDryRun = false);

/// <summary>The results of a reprocess.</summary>
/// <param name="Target">The database as shown to the user.</param>
/// <param name="Sources">The processed sources.</param>
/// <param name="Elapsed">The duration of the run.</param>
/// <param name="Warnings">Warnings for the user, one line each.</param>
public sealed record ReprocessReport(string Target, IReadOnlyList<ReprocessedSource> Sources, TimeSpan Elapsed, IReadOnlyList<string> Warnings)
{
    /// <summary>The sum of the results of all sources.</summary>
    public EntryResult Total => Sources.Aggregate(EntryResult.Zero, (sum, s) => sum.Plus(s.Result));
}

/// <param name="Source">The id of the source.</param>
/// <param name="Result">The outcomes of its records, excluding records that an interrupted run already handled.</param>
/// <param name="Removed">Entries removed because they no longer pass the rules.</param>
public sealed record ReprocessedSource(string Source, EntryResult Result, long Removed);
