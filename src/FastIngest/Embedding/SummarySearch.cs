using System.Text;

namespace FastIngest.Embedding;

/// <summary>
/// Finds the days whose summaries are nearest to a text in meaning. The result is exact, because every vector of a current summary
/// is compared, unless an approximate one is asked for.
/// </summary>
public static class SummarySearch
{
    /// <param name="database">The database with the vectors.</param>
    /// <param name="options">What to look for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="IngestException">The database has no vectors that fit, or the server gave no vector.</exception>
    public static async Task<SearchReport> RunAsync(VectorSource database, SearchOptions options, CancellationToken cancellationToken)
    {
        IVectorStore store = database.CreateStore();
        await using (store.ConfigureAwait(false))
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
            EmbeddingModel model = EmbeddingModel.Choose(await store.ReadModelsAsync(cancellationToken).ConfigureAwait(false), options.Model, store.DisplayName);
            if (options.IsApproximate)
            {
                await store.RequireIndexAsync(model, cancellationToken).ConfigureAwait(false);
            }

            ReadOnlyMemory<float> query = await QueryAsync(options, model, cancellationToken).ConfigureAwait(false);
            NearestDays nearest = new(options.Limit);
            (long vectors, bool isBuilt) = options.IsApproximate
                ? (await store.FindNearAsync(model, query, options.Selection, nearest, cancellationToken).ConfigureAwait(false), false)
                : await store.FindAsync(model, query, options.Selection, nearest, cancellationToken).ConfigureAwait(false);
            List<DayMatch> matches = [];
            foreach ((double score, byte[] userId, int day) in nearest.Days)
            {
                string user = Encoding.UTF8.GetString(userId);
                DateOnly date = DateOnly.FromDayNumber(day);
                if (await store.ReadTextAsync(user, date, cancellationToken).ConfigureAwait(false) is { } text)
                {
                    matches.Add(new DayMatch(user, date, score, text));
                }
            }

            return new SearchReport(model, vectors, isBuilt, matches);
        }
    }

    private static async ValueTask<ReadOnlyMemory<float>> QueryAsync(SearchOptions options, EmbeddingModel model, CancellationToken cancellationToken)
    {
        if (options.Server is { } server && options.Embedding is { } embedding)
        {
            using IEmbeddingApi api = server.Connect(embedding with { Model = model.Name });
            (EmbeddingModel served, ReadOnlyMemory<float> vector) = await api.EmbedAsync(options.Text, cancellationToken).ConfigureAwait(false);
            return served.IsSameAs(model) ? vector : throw new IngestException(
                $"{server.DisplayName} has the model {served.Served} with {served.Dimensions} numbers, but the stored vectors are of {model.Served} with {model.Dimensions}.",
                "Name the server of that model, or embed the summaries again.");
        }

        if (options.Vector.Length != model.Dimensions)
        {
            throw new IngestException($"The vector has {options.Vector.Length} numbers, but those of {model.Name} have {model.Dimensions}.", "Make it with the same model.");
        }

        return Cosine.InverseLength(options.Vector.Span) > 0 ? options.Vector : throw new IngestException("The vector is zero, or has a number that is not finite.", "Make it with the model of the stored vectors.");
    }
}
