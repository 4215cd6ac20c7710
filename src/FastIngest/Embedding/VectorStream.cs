using FastIngest.Health;
using FastIngest.Stored;

namespace FastIngest.Embedding;

/// <summary>Compares a vector with vectors that come in pages, in the order of users and days.</summary>
internal static class VectorStream
{
    /// <returns>The number of vectors.</returns>
    public static async ValueTask<long> FindAsync(
        IPages<VectorPage> pages, int dimensions, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken)
    {
        VectorPage page = new(dimensions);
        long vectors = 0;
        while (await pages.ReadAsync(page, cancellationToken).ConfigureAwait(false))
        {
            for (int i = 0; i < page.Keys.Count; i++)
            {
                (byte[] user, int day) = page.Keys[i];
                if (selection is null || selection.Takes(user, day))
                {
                    nearest.Add(Cosine.Exact(query.Span, page.Vector(i)), user, day);
                }
            }

            vectors += page.Keys.Count;
        }

        return vectors;
    }
}
