namespace HealthIngestion.Report;

/// <summary>The words for the two things that happen to stored summaries: an API gets them, or a server turns them into vectors.</summary>
/// <param name="Place">The heading of the column of APIs or servers.</param>
/// <param name="Done">What happened to a summary, such as <c>delivered</c>.</param>
/// <param name="Doing">What is going on, such as <c>delivering to</c>.</param>
/// <param name="Table">The table that has the outcome of each summary, and the name of the figures.</param>
/// <param name="Remedy">What does the rest, after the number of summaries that are left.</param>
internal sealed record DeliveryTerms(string Place, string Done, string Doing, string Table, string Remedy)
{
    public static DeliveryTerms Delivery { get; } = new("API", "delivered", "delivering to", "deliveries", "health_ingestion push delivers");

    public static DeliveryTerms Embedding { get; } = new("embedding server", "embedded", "embedding with", "embeddings", "health_ingestion embed embeds");
}
