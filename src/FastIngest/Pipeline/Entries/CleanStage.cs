using System.Collections.Concurrent;
using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Records become entries.
/// <code>
/// feed      ─ batch 0 ─ batch 1 ─ batch 2 ─ batch 3 ─►      1. take a free batch, fill it, put it into both queues
/// cleaner 1 ──── batch 0 ──────── batch 2 ──────────►       2. clean whichever batch comes
/// cleaner 2 ───────── batch 1 ─────────── batch 3 ──►
/// writer    ────────────── 0 ─── 1 ────── 2 ─── 3 ──►       3. wait for the oldest batch, write it, free it
/// </code>
/// Batches are few: a slow writer holds up the feed. Whatever the number of cleaners, the writer sees input order.
/// </summary>
internal sealed class CleanStage(int workers, LexiconGauges gauges)
{
    /// <summary>The reason of records that exceed the largest size.</summary>
    public const string TooLarge = "too_large";

    /// <summary>No more than this is kept of a record in the rejects file.</summary>
    public const int KeptRejectBytes = 1 << 20;

    /// <summary>Batches on their way: each worker's, as many that wait for the writer, and some ahead.</summary>
    public int BatchCount => (2 * workers) + 4;

    /// <summary>Runs to the end of the feed.</summary>
    /// <param name="feed">Gives the records.</param>
    /// <param name="maxRecordBytes">The largest record.</param>
    /// <param name="makeCleaner">Makes what each worker cleans batches with.</param>
    /// <param name="write">Takes cleaned batches, in order, on one thread.</param>
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

        /// <summary>Cleaning takes far longer than a thread's falling asleep and waking up: who waits does not spin.</summary>
        public ManualResetEventSlim IsClean { get; } = new(initialState: false, spinCount: 0);
    }
}
