using System.Diagnostics;
using FastIngest.Lexicon;
using FastIngest.Sinks;
using FastIngest.Sinks.Postgres;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Cleans stored records again: records out of the database in the order of their ids, through the cleaners, and what
/// changed back into it.
/// </summary>
public static class LexiconReprocess
{
    /// <summary>Memory for records that exceed an ordinary batch; a larger one is taken alone.</summary>
    private const int MaxRecordBytes = 64 << 20;

    /// <summary>Brings the entries of one source, or of all, to today's rules.</summary>
    /// <param name="database">The database; the caller disposes it.</param>
    /// <param name="source">A source's id, or null for all.</param>
    /// <param name="workers">Threads that clean.</param>
    /// <param name="cleanBatch">Records that a worker cleans at a time, at most.</param>
    /// <param name="gauges">Shows how far it is.</param>
    /// <param name="cancellationToken">Ends the run; what was done by then stays done.</param>
    /// <exception cref="IngestException">The run cannot go on, or there is no such source.</exception>
    public static async Task<ReprocessReport> RunAsync(
        PostgresReprocess database, string? source, int workers, int cleanBatch, LexiconGauges gauges, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        BatchCleaner.RequireLibraries();
        List<string> warnings = [];
        await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> sources = await database.ChosenSourcesAsync(source, cancellationToken).ConfigureAwait(false);
        List<ReprocessedSource> done = [];
        foreach (string each in sources)
        {
            EntryResult? result = null;
            for (bool isAgain = false; result is null; isAgain = true)
            {
                try
                {
                    result = await RunSourceAsync(database, each, isAgain, workers, cleanBatch, gauges, cancellationToken).ConfigureAwait(false);
                }
                catch (IngestException e) when (!cancellationToken.IsCancellationRequested)
                {
                    if (!await database.TryStartOverAsync(e, cancellationToken).ConfigureAwait(false))
                    {
                        throw;
                    }

                    warnings.Add($"{database.DisplayName} was connected to again, because: {e.Message}");
                }
            }

            done.Add(new ReprocessedSource(each, result, database.Removed));
        }

        return new ReprocessReport(database.DisplayName, done, Stopwatch.GetElapsedTime(started), warnings);
    }

    /// <summary>What a worker does with a batch: cleans it and compares it with what is stored.</summary>
    internal static Action<EntryBatch, CancellationToken> MakeCleaner(string source)
    {
        BatchCleaner cleaner = new(source);
        StoredComparer comparer = new(source);
        return (batch, token) =>
        {
            cleaner.Clean(batch, token);
            comparer.Compare(batch);
        };
    }

    private static async Task<EntryResult> RunSourceAsync(
        PostgresReprocess database, string source, bool isAgain, int workers, int cleanBatch, LexiconGauges gauges, CancellationToken cancellationToken)
    {
        using StoredFeed feed = new(await database.BeginAsync(source, isAgain, cancellationToken).ConfigureAwait(false), cleanBatch);
        gauges.Clear();
        CleanStage stage = new(workers, gauges);
        await Task.Factory.StartNew(
            () => stage.Run(feed, MaxRecordBytes, () => MakeCleaner(source), Write, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        return await database.FinishAsync(cancellationToken).ConfigureAwait(false);

        void Write(EntryBatch batch, CancellationToken token)
        {
            ValueTask task = database.WriteAsync(batch, token);
            if (!task.IsCompletedSuccessfully)
            {
                task.AsTask().GetAwaiter().GetResult();
            }

            gauges.Show(database.SoFar, 0);
        }
    }
}

/// <summary>What a run did.</summary>
/// <param name="Target">The database as shown to the user.</param>
/// <param name="Sources">Each source that was gone through.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Warnings">Things the user should know.</param>
public sealed record ReprocessReport(string Target, IReadOnlyList<ReprocessedSource> Sources, TimeSpan Elapsed, IReadOnlyList<string> Warnings);

/// <param name="Source">Its id.</param>
/// <param name="Result">What became of its records; those that an earlier, unfinished run did aside.</param>
/// <param name="Removed">Entries that no longer pass and were removed.</param>
public sealed record ReprocessedSource(string Source, EntryResult Result, long Removed);
