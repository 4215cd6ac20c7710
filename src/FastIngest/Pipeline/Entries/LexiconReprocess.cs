using System.Diagnostics;
using FastIngest.Lexicon;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Cleans stored records again: records out of the database in the order of their ids, through the cleaners, and what
/// changed back into it.
/// </summary>
public static class LexiconReprocess
{
    /// <summary>What progress calls the sources; it counts the ids that were passed, and ends at the last one.</summary>
    public const string Kind = "records";

    /// <summary>Memory for records that exceed an ordinary batch; a larger one is taken alone.</summary>
    private const int MaxRecordBytes = 64 << 20;

    /// <summary>Brings the entries of one source, or of all, to today's rules.</summary>
    /// <param name="database">The database; the caller disposes it.</param>
    /// <param name="options">What to go through and how.</param>
    /// <param name="gauges">Shows how far each stage is.</param>
    /// <param name="progress">Hears how far the sources are; or null.</param>
    /// <param name="cancellationToken">Ends the run; what was done by then stays done.</param>
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
                    if (!await TryOpenAgainAsync(database, e, cancellationToken).ConfigureAwait(false))
                    {
                        throw;
                    }

                    warnings.Add($"{database.DisplayName} was connected to again, because: {e.Message}");
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

    /// <summary>Sends what a feed gives through the cleaners, and compares it with what is stored.</summary>
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
            IStoredComparer comparer = database.MakeComparer(source);
            return (batch, token) =>
            {
                cleaner.Clean(batch, token);
                comparer.Compare(batch);
            };
        }
    }

    /// <summary>One source, if it is registered, or all, in the order of their ids.</summary>
    /// <exception cref="IngestException">There is no such source.</exception>
    internal static async Task<IReadOnlyList<string>> ChooseAsync(IEntryStore database, string? source, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> sources = await database.SourcesAsync(cancellationToken).ConfigureAwait(false);
        return source is null ? sources
            : sources.Contains(source) ? [source]
            : throw new IngestException(
                $"{database.DisplayName} has no source {source}.",
                sources.Count > 0 ? $"It has {string.Join(", ", sources)}." : "Load one with ingest --source ID --file PATH.");
    }

    /// <summary>Each source with the id of its last record in the place of a size.</summary>
    internal static async Task<IReadOnlyList<RunFile>> ExtentsAsync(IEntryStore database, IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        List<RunFile> extents = [];
        foreach (string source in sources)
        {
            extents.Add(new RunFile(source, Kind, await database.LastIdAsync(source, cancellationToken).ConfigureAwait(false)));
        }

        return extents;
    }
    /// <summary>Whether the fault passed by itself; the database is then open again.</summary>
    private static async Task<bool> TryOpenAgainAsync(IEntryStore database, Exception fault, CancellationToken cancellationToken)
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

/// <summary>What to go through and how.</summary>
/// <param name="Source">A source's id, or null for all.</param>
/// <param name="Policy">Which entries are written.</param>
/// <param name="Workers">Threads that clean.</param>
/// <param name="CleanBatch">Records that a worker cleans at a time, at most.</param>
/// <param name="MergeRows">Changes that are merged at once.</param>
/// <param name="IsDryRun">Whether to count what would change, and write nothing.</param>
public sealed record ReprocessOptions(string? Source, EntryPolicy Policy, int Workers, int CleanBatch = 5_000, int MergeRows = 10_000, bool IsDryRun = false);

/// <summary>What a run did.</summary>
/// <param name="Target">The database as shown to the user.</param>
/// <param name="Sources">Each source that was gone through.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Warnings">Things the user should know.</param>
public sealed record ReprocessReport(string Target, IReadOnlyList<ReprocessedSource> Sources, TimeSpan Elapsed, IReadOnlyList<string> Warnings)
{
    /// <summary>The figures of all sources.</summary>
    public EntryResult Total => Sources.Aggregate(EntryResult.Zero, (sum, s) => sum.Plus(s.Result));
}

/// <param name="Source">Its id.</param>
/// <param name="Result">What became of its records; excluding those that an earlier, unfinished run handled.</param>
/// <param name="Removed">Entries that no longer pass and were removed.</param>
public sealed record ReprocessedSource(string Source, EntryResult Result, long Removed);
