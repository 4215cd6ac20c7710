using System.Collections.Concurrent;
using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Cleans records into entries.
/// <code>
/// feed      ─ batch 0 ─ batch 1 ─ batch 2 ─ batch 3 ─►      1. take a free batch, fill it, add it to both queues
/// cleaner 1 ──── batch 0 ──────── batch 2 ──────────►       2. take the next batch and clean it
/// cleaner 2 ───────── batch 1 ─────────── batch 3 ──►
/// writer    ────────────── 0 ─── 1 ────── 2 ─── 3 ──►       3. wait for the oldest batch, write it, free it
/// </code>
/// The number of batches is bounded, so that a slow writer slows down the feed. The writer always receives input order.
/// </summary>
internal sealed class CleanStage(int workers, LexiconGauges gauges)
{
    /// <summary>The reject reason of records that exceed the maximum size.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The rejects file keeps at most this many bytes of a record.</summary>
    public const int KeptRejectBytes = 1 << 20;

    /// <summary>The number of batches: one per worker, one per worker that waits for the writer, and four ahead.</summary>
    public int BatchCount => (2 * workers) + 4;

    /// <summary>Runs to the end of the feed.</summary>
    /// <param name="feed">Supplies the records.</param>
    /// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
    /// <param name="makeCleaner">Creates the function with which one worker cleans batches.</param>
    /// <param name="write">Receives the cleaned batches in input order, on one thread.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public void Run(
        IRecordFeed feed,
        int maxRecordBytes,
        Func<Action<EntryBatch, CancellationToken>> makeCleaner,
        Action<EntryBatch, CancellationToken> write,
        CancellationToken cancellationToken)
    {
        using LargeRecords large = new(maxRecordBytes);
        using Pool<Job> free = new(BatchCount, () => new Job());
        using BlockingCollection<Job> toClean = [];
        using BlockingCollection<Job> toWrite = [];
        int role = -1;
        gauges.Capacity = BatchCount;
        Workers.Run(2 + workers, "entries", Work, cancellationToken);

        void Work(CancellationToken token)
        {
            switch (Interlocked.Increment(ref role))
            {
                case 0:
                    Feed(token);
                    break;
                case 1:
                    Write(token);
                    break;
                default:
                    Clean(token);
                    break;
            }
        }

        void Feed(CancellationToken token)
        {
            while (true)
            {
                Job job = free.Rent(token);
                if (!feed.Fill(job.Batch, large, token))
                {
                    break;
                }

                gauges.AddFed(job.Batch);
                toWrite.Add(job, token);
                toClean.Add(job, token);
            }

            toClean.CompleteAdding();
            toWrite.CompleteAdding();
        }

        void Clean(CancellationToken token)
        {
            Action<EntryBatch, CancellationToken> clean = makeCleaner();
            foreach (Job job in toClean.GetConsumingEnumerable(token))
            {
                clean(job.Batch, token);
                gauges.AddCleaned(job.Batch);
                job.IsClean.Set();
            }
        }

        void Write(CancellationToken token)
        {
            foreach (Job job in toWrite.GetConsumingEnumerable(token))
            {
                job.IsClean.Wait(token);
                write(job.Batch, token);
                gauges.AddWritten(job.Batch);
                job.IsClean.Reset();
                large.Reset(job.Batch);
                free.Return(job);
            }
        }
    }

    private sealed class Job
    {
        public EntryBatch Batch { get; } = new(LargeRecords.PieceBytes);

        /// <summary>Waiting threads do not spin, because cleaning a batch takes much longer than a thread needs to sleep and wake up.</summary>
        public ManualResetEventSlim IsClean { get; } = new(initialState: false, spinCount: 0);
    }
}
