using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Outbox;

/// <summary>
/// The vectors that are read with the rows of a page. The hash of a text, its vector and the model is a UUID; it is compared only
/// with hashes that this class made.
/// </summary>
/// <param name="model">The model of the vectors.</param>
internal sealed class SqliteVectors(EmbeddingModel model)
{
    /// <summary>The columns, after which the joins are <see cref="Clause"/>.</summary>
    public const string Columns = "d.vector_hash, d.vector_model, e.text_md5, e.vector";

    /// <summary>
    /// The join with the vectors of the model. It finds none when another run has replaced the model, because each page is read
    /// from one state of the database.
    /// </summary>
    public const string Clause = " LEFT JOIN embeddings e ON e.model = ?4 AND e.user_id = s.user_id AND e.date = s.date "
        + "AND EXISTS (SELECT 1 FROM embedding_models m WHERE m.model = ?4 AND m.served = ?5 AND m.dimensions = ?6)";

    private const int HashBytes = 16;

    private readonly byte[] _name = Encoding.UTF8.GetBytes(model.Describe());
    private readonly Guid?[] _hashes = new Guid?[OutboxPage.MaxRows], _delivered = new Guid?[OutboxPage.MaxRows];
    private readonly bool[] _isOfOtherModel = new bool[OutboxPage.MaxRows];

    /// <summary>What is hashed of each row: the MD5 of the text, the vector, and the model.</summary>
    private readonly byte[] _hashed = new byte[OutboxPage.MaxRows * HashedBytes(model)];

    public EmbeddingModel Model => model;

    /// <summary>The values of <c>?4</c> to <c>?6</c>.</summary>
    public IReadOnlyList<string> Parameters => [model.Name, model.Served, model.Dimensions.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Reads the columns of a row. A vector that another program has damaged counts as missing.</summary>
    public void Read(SqliteStatement row, int column, int index)
    {
        _delivered[index] = SqliteOutbox.Hash(row, column);
        _isOfOtherModel[index] = !row.IsNull(column + 1) && !row.Text(column + 1).SequenceEqual(_name);
        ReadOnlySpan<byte> vector = row.Text(column + 3);
        Span<byte> hashed = Hashed(index);
        _hashes[index] = null;
        if (vector.Length == model.Dimensions * sizeof(float)
            && Utf8Parser.TryParse(row.Text(column + 2), out Guid hash, out _, 'N')
            && Cosine.InverseLength(MemoryMarshal.Cast<byte, float>(vector)) > 0)
        {
            _hashes[index] = hash;
            hash.TryWriteBytes(hashed);
            vector.CopyTo(hashed[HashBytes..]);
            _name.CopyTo(hashed[^_name.Length..]);
        }
    }

    /// <summary>Whether the vector of a row was made from the current text.</summary>
    public bool Has(int index, PendingSummary summary) => _hashes[index] == summary.Hash;

    /// <summary>Whether the API has the day with a vector of another model.</summary>
    public bool IsOfOtherModel(int index) => _isOfOtherModel[index];

    /// <summary>Sets the hash of a summary that has a vector, and returns whether the API has both.</summary>
    public bool IsDelivered(int index, PendingSummary summary)
    {
        summary.VectorHash = UuidVersion5.Of(Hashed(index));
        return _delivered[index] == summary.VectorHash;
    }

    /// <summary>Copies the vector of a row.</summary>
    public void Attach(int index, PendingSummary summary) =>
        summary.Vector = MemoryMarshal.Cast<byte, float>(Hashed(index).Slice(HashBytes, model.Dimensions * sizeof(float))).ToArray();

    private static int HashedBytes(EmbeddingModel model) => HashBytes + (model.Dimensions * sizeof(float)) + Encoding.UTF8.GetByteCount(model.Describe());

    private Span<byte> Hashed(int index) => _hashed.AsSpan(index * HashedBytes(model), HashedBytes(model));
}
