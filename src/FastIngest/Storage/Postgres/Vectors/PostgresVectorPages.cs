using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Stored;

namespace FastIngest.Storage.Postgres.Vectors;

/// <summary>Reads the vectors of current summaries; the server compares the hashes.</summary>
internal sealed class PostgresVectorPages : IPages<VectorPage>
{
    private readonly PostgresSummaryPages _pages;
    private readonly int _dimensions;
    private readonly SummaryBatch _stored = new(OutboxPage.MaxRows, OutboxPage.FullBytes);
    private readonly float[] _vectors;
    private readonly bool[] _isWhole = new bool[OutboxPage.MaxRows];

    /// <param name="calls">The connection.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="model">The model of the vectors.</param>
    public PostgresVectorPages(RepeatableCalls calls, PostgresNames names, EmbeddingModel model)
    {
        _dimensions = model.Dimensions;
        _vectors = new float[OutboxPage.MaxRows * _dimensions];

        // OFFSET keeps the subquery apart, so that the server looks up each key. Otherwise each page could read all vectors from the first one on.
        PostgresJoin join = new(
            "e.vector",
            $"CROSS JOIN LATERAL (SELECT vector, text_md5 FROM {names.Embeddings} WHERE model = {PostgresNames.Literal(model.Name)} AND user_id = s.user_id AND date = s.date OFFSET 0) e",
            " AND e.text_md5 = md5(s.summary)::uuid",
            ReadVector);
        _pages = new PostgresSummaryPages(calls, names, OutboxPage.Query, join);
    }

    public async ValueTask<bool> ReadAsync(VectorPage page, CancellationToken cancellationToken)
    {
        page.Clear();
        while (page.Keys.Count == 0 && await _pages.ReadAsync(_stored, cancellationToken).ConfigureAwait(false))
        {
            for (int i = 0; i < _stored.RowCount; i++)
            {
                if (_isWhole[i])
                {
                    DailySummary row = _stored.Rows[i];
                    _vectors.AsSpan(i * _dimensions, _dimensions).CopyTo(page.Add(_stored.Text(row.Texts[TextSlot.UserId]), row.Day));
                }
            }
        }

        return page.Keys.Count > 0;
    }

    public void Dispose() => _pages.Dispose();

    /// <summary>Reads a vector; one of another length, which only another program can have written, counts as old.</summary>
    private void ReadVector(ref CopyTupleReader tuple, int index) =>
        _isWhole[index] = tuple.TryField(out ReadOnlySpan<byte> field) && RealArray.TryRead(field, _vectors.AsSpan(index * _dimensions, _dimensions));
}
