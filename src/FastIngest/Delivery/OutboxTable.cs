namespace FastIngest.Delivery;

/// <summary>
/// The table that records the outcome of each summary: what an API accepted, or the vectors of a model. Both have the columns
/// <c>user_id</c>, <c>date</c>, <c>refused_md5</c>, <c>attempts</c> and <c>last_error</c>, and those that are named here.
/// </summary>
/// <param name="Name">The name of the table.</param>
/// <param name="Key">The column of the API or the model; it is the first part of the key.</param>
/// <param name="Hash">The column with the MD5 of the text that was accepted.</param>
/// <param name="Time">The column with the time of that.</param>
/// <param name="HasVector">Whether the table has the column <c>vector</c>, with what the API computed from the text.</param>
internal sealed record OutboxTable(string Name, string Key, string Hash, string Time, bool HasVector)
{
    public static OutboxTable Deliveries { get; } = new("deliveries", "target", "delivered_md5", "delivered", HasVector: false);

    public static OutboxTable Embeddings { get; } = new("embeddings", "model", "text_md5", "embedded", HasVector: true);
}
