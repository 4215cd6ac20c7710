using FastIngest.Embedding;
using FastIngest.Health;

namespace FastIngest.Storage.Sqlite.Vectors;

/// <summary>
/// Compares a vector with all vectors of a copy, on all cores. First every row gets an estimate; then the rows that may be among
/// the nearest, by the largest error of an estimate, get their exact score. So the result is exact and the same on every machine.
/// </summary>
internal static class VectorScan
{
    /// <summary>A block stays in the cache of a core between reading and comparing. Reading was faster than mapping, because each page is touched only once.</summary>
    private const int BlockBytes = 256 << 10;

    public static void Find(VectorFile file, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken)
    {
        bool[]? isTaken = selection is null ? null : Select(file, selection);
        float[] scores = Estimate(file, Unit(query.Span), isTaken, cancellationToken);
        float lowest = Lowest(scores, nearest.Limit) - (2 * Cosine.ErrorOf(file.Dimensions));
        float[] vector = new float[file.Dimensions];
        int[] day = new int[1], user = new int[1];
        float[] length = new float[1];
        (int Offset, byte[] Id) last = (-1, []);
        for (int row = 0; row < scores.Length; row++)
        {
            if (scores[row] >= lowest && (isTaken is null || isTaken[row]))
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.ReadVectors(row, vector, length);
                file.ReadKeys(row, day, user);
                last = last.Offset == user[0] ? last : (user[0], file.ReadUser(user[0]));
                nearest.Add(Cosine.Exact(query.Span, vector), last.Id, day[0]);
            }
        }
    }

    /// <summary>The score that the last of the nearest rows has, by the estimates; negative infinity when there are fewer rows.</summary>
    private static float Lowest(float[] scores, int limit)
    {
        PriorityQueue<float, float> best = new(Math.Min(limit, scores.Length) + 1);
        foreach (float score in scores)
        {
            if (best.Count < limit)
            {
                best.Enqueue(score, score);
            }
            else if (score > best.Peek())
            {
                best.DequeueEnqueue(score, score);
            }
        }

        return best.Count < limit ? float.NegativeInfinity : best.Peek();
    }

    private static float[] Unit(ReadOnlySpan<float> query)
    {
        float inverse = Cosine.InverseLength(query);
        float[] unit = query.ToArray();
        for (int i = 0; i < unit.Length; i++)
        {
            unit[i] *= inverse;
        }

        return unit;
    }

    private static bool[] Select(VectorFile file, RecordSelection selection)
    {
        bool[] isTaken = new bool[file.Rows];
        int[] days = new int[file.Rows], users = new int[file.Rows];
        file.ReadKeys(0, days, users);
        (int Offset, byte[] Id) last = (-1, []);
        for (int row = 0; row < isTaken.Length; row++)
        {
            last = last.Offset == users[row] ? last : (users[row], file.ReadUser(users[row]));
            isTaken[row] = selection.Takes(last.Id, days[row]);
        }

        return isTaken;
    }

    /// <summary>Estimates the score of each row; a row that is not taken gets negative infinity.</summary>
    private static float[] Estimate(VectorFile file, float[] unit, bool[]? isTaken, CancellationToken cancellationToken)
    {
        float[] scores = new float[file.Rows];
        int blockRows = Math.Max(1, BlockBytes / (file.Dimensions * sizeof(float)));
        int blocks = (int)(((long)file.Rows + blockRows - 1) / blockRows);
        int next = -1;
        int workers = Math.Clamp(Environment.ProcessorCount, 1, Math.Max(1, blocks));
        Exception? fault = null;
        Thread[] threads = [.. Enumerable.Range(1, workers - 1).Select(i => new Thread(Work) { IsBackground = true, Name = "search " + i })];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        Work();
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        cancellationToken.ThrowIfCancellationRequested();
        return fault is null ? scores : throw fault;

        void Work()
        {
            try
            {
                float[] vectors = new float[blockRows * file.Dimensions], lengths = new float[blockRows];
                for (int block = Interlocked.Increment(ref next); block < blocks && !cancellationToken.IsCancellationRequested; block = Interlocked.Increment(ref next))
                {
                    int first = block * blockRows;
                    EstimateBlock(first, Math.Min(blockRows, file.Rows - first), vectors, lengths);
                }
            }
            catch (IngestException e)
            {
                fault = e;
            }
        }

        void EstimateBlock(int first, int rows, float[] vectors, float[] lengths)
        {
            if (isTaken is not null && !isTaken.AsSpan(first, rows).Contains(true))
            {
                scores.AsSpan(first, rows).Fill(float.NegativeInfinity);
                return;
            }

            file.ReadVectors(first, vectors.AsSpan(0, rows * file.Dimensions), lengths.AsSpan(0, rows));
            for (int i = 0; i < rows; i++)
            {
                float score = isTaken is null || isTaken[first + i]
                    ? Cosine.Estimate(unit, vectors.AsSpan(i * file.Dimensions, file.Dimensions)) * lengths[i]
                    : float.NegativeInfinity;

                // Only another program can have stored a vector without a direction.
                scores[first + i] = float.IsNaN(score) ? float.NegativeInfinity : score;
            }
        }
    }
}
