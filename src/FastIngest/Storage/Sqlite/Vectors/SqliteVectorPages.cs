using System.Buffers.Text;
using System.Runtime.InteropServices;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Health;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Stored;

namespace FastIngest.Storage.Sqlite.Vectors;

/// <summary>Reads the vectors of current summaries. SQLite has no MD5 function, so every text is read and hashed here.</summary>
internal sealed class SqliteVectorPages : IPages<VectorPage>
{
    private readonly SqliteSummaryPages _pages;
    private readonly int _dimensions;
    private readonly SummaryBatch _stored = new(OutboxPage.MaxRows, OutboxPage.FullBytes);
    private readonly List<PendingSummary> _summaries = [];
    private readonly Guid?[] _hashes = new Guid?[OutboxPage.MaxRows];
    private readonly float[] _vectors;

    /// <param name="database">A database with the tables of summaries and vectors.</param>
    /// <param name="displayPath">The database as the user named it.</param>
    /// <param name="model">The model of the vectors.</param>
    public SqliteVectorPages(SqliteDatabase database, string displayPath, EmbeddingModel model)
    {
        _dimensions = model.Dimensions;
        _vectors = new float[OutboxPage.MaxRows * _dimensions];

        // A CROSS JOIN keeps the order of the tables. Otherwise each page would read all vectors from the first one on.
        SqliteJoin join = new("e.text_md5, e.vector", "CROSS JOIN embeddings e ON e.model = ?1 AND e.user_id = s.user_id AND e.date = s.date", model.Name, ReadVector);
        _pages = new SqliteSummaryPages(database, displayPath, OutboxPage.Query, join);
    }

    public async ValueTask<bool> ReadAsync(VectorPage page, CancellationToken cancellationToken)
    {
        page.Clear();
        while (page.Keys.Count == 0 && await _pages.ReadAsync(_stored, cancellationToken).ConfigureAwait(false))
        {
            OutboxPage.Add(_stored, _summaries);
            SummaryHash.Fill(CollectionsMarshal.AsSpan(_summaries));
            for (int i = 0; i < _summaries.Count; i++)
            {
                if (_hashes[i] == _summaries[i].Hash)
                {
                    _vectors.AsSpan(i * _dimensions, _dimensions).CopyTo(page.Add(_summaries[i].UserId, _summaries[i].Day));
                }

                _summaries[i].FreeContent();
            }

            _summaries.Clear();
        }

        return page.Keys.Count > 0;
    }

    public void Dispose() => _pages.Dispose();

    /// <summary>Reads a vector; one of another length, which only another program can have written, counts as old.</summary>
    private void ReadVector(SqliteStatement row, int column, int index)
    {
        ReadOnlySpan<float> vector = MemoryMarshal.Cast<byte, float>(row.Text(column + 1));
        bool isWhole = vector.Length == _dimensions;
        _hashes[index] = isWhole && Utf8Parser.TryParse(row.Text(column), out Guid hash, out _, 'N') ? hash : null;
        if (isWhole)
        {
            vector.CopyTo(_vectors.AsSpan(index * _dimensions));
        }
    }
}
