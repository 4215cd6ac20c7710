using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Outbox;

/// <summary>The vectors that are read with the rows of a page. The server computes the hash of each text, its vector and the model.</summary>
/// <param name="model">The model of the vectors.</param>
/// <param name="names">The names of the tables.</param>
internal sealed class PostgresVectors(EmbeddingModel model, PostgresNames names)
{
    /// <summary>The columns, after which the joins are <see cref="Clause"/>.</summary>
    public const string Columns = "e.vector, e.hash";

    /// <summary>The hash of the current text, its vector and the model as SQL; null without one.</summary>
    public const string Hash = "e.hash";

    private readonly float[]?[] _vectors = new float[]?[OutboxPage.MaxRows];
    private readonly Guid[] _hashes = new Guid[OutboxPage.MaxRows];

    public EmbeddingModel Model => model;

    /// <summary>
    /// The join with the vectors of current texts. It finds none when another run has replaced the model, because each page is
    /// read from one state of the database. OFFSET keeps the subquery apart, so that the server looks up each key.
    /// </summary>
    public string Clause =>
        $" LEFT JOIN LATERAL (SELECT vector, text_md5, md5(uuid_send(text_md5) || array_send(vector) || convert_to({PostgresNames.Literal(model.Describe())}, 'UTF8'))::uuid AS hash FROM {names.Embeddings} "
        + $"WHERE model = {Name} AND user_id = s.user_id AND date = s.date AND cardinality(vector) = {model.Dimensions} "
        + $"AND EXISTS (SELECT FROM {names.EmbeddingModels} m WHERE m.model = {Name} AND m.served = {PostgresNames.Literal(model.Served)} AND m.dimensions = {model.Dimensions}) OFFSET 0) e "
        + "ON e.text_md5 = md5(s.summary)::uuid";

    private string Name => PostgresNames.Literal(model.Name);

    /// <summary>Reads the columns of a row. A vector that another program has damaged counts as missing.</summary>
    public void Read(ref CopyTupleReader tuple, int index)
    {
        float[] vector = new float[model.Dimensions];
        _vectors[index] = tuple.TryField(out ReadOnlySpan<byte> field) && RealArray.TryRead(field, vector) && Cosine.InverseLength(vector) > 0 ? vector : null;
        _hashes[index] = tuple.Uuid();
    }

    /// <summary>Gives a summary its vector, if it has one.</summary>
    public void Attach(int index, PendingSummary summary)
    {
        if (_vectors[index] is { } vector)
        {
            summary.Vector = vector;
            summary.VectorHash = _hashes[index];
        }
    }

    /// <summary>Checks, where the API has vectors of another model, that this run replaces all of them.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="target">The name of the API in the table <c>deliveries</c>.</param>
    /// <param name="isOfAll">Whether all users and days are delivered.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IngestException">Vectors of two models would be in the API.</exception>
    public async ValueTask RejectMixtureAsync(NpgsqlConnection connection, string target, bool isOfAll, CancellationToken cancellationToken)
    {
        string others = $"FROM {names.Deliveries} d LEFT JOIN {names.Summaries} s USING (user_id, date)";
        const string Condition = "WHERE d.target = $1 AND d.vector_model <> $2";
        if (await connection.ScalarAsync($"SELECT min(d.vector_model) {others} {Condition}", cancellationToken, Text(target), Text(model.Describe())).ConfigureAwait(false) is not string earlier)
        {
            return;
        }

        if (!isOfAll)
        {
            throw model.NeedsAll(target, earlier);
        }

        long days = (long)(await connection.ScalarAsync(
            $"SELECT count(*) {others} {Clause} {Condition} AND e.hash IS NULL", cancellationToken, Text(target), Text(model.Describe())).ConfigureAwait(false))!;
        if (days > 0)
        {
            throw model.WouldMix(target, earlier, days);
        }
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
