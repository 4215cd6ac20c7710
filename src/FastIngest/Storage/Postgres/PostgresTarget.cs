using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Entries;
using FastIngest.Storage.Postgres.Erasure;
using FastIngest.Storage.Postgres.Outbox;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Storage.Postgres.Vectors;
using FastIngest.Targets;

namespace FastIngest.Storage.Postgres;

/// <summary>The target of a PostgreSQL database.</summary>
public static class PostgresTarget
{
    private const string KeywordsPrefix = "postgres:";

    internal static TargetKind Kind { get; } = new()
    {
        Prefixes = [KeywordsPrefix, "postgresql:"],
        CompletedPrefixes = ["postgres://"],
        Forms = ["postgres://USER@HOST/DATABASE"],
        Summaries = (target, options) => new PostgresSink(target.Name, SchemaOf(options), options.TakesRecords, options.OnFewer, options.TempDirectory),
        ComparesDays = true,
        Records = true,
        Entries = (target, options) => new PostgresEntrySink(target.Name, SchemaOf(options), options.MergeRows),
        Reprocess = (target, options) => new PostgresEntryStore(target.Name, SchemaOf(options)),
        Erasure = (target, options) => new PostgresErasure(target.Name, SchemaOf(options)),
        Reader = (target, options) => new PostgresSummaryReader(target.Name, SchemaOf(options)),
        Outbox = (target, options, vectors) => new PostgresOutbox(target.Name, SchemaOf(options), OutboxTable.Deliveries, vectors: vectors),
        Vectors = (target, options) => new VectorSource(
            (model, replaces) => new PostgresOutbox(target.Name, SchemaOf(options), OutboxTable.Embeddings, model is null ? null : new PostgresModels(model, replaces)),
            () => new PostgresVectorStore(target.Name, SchemaOf(options))),
        Notes = target => [.. PostgresAddress.Parse(target.Name).IgnoredOptions.Select(o => $"the option {o} of the PostgreSQL URL is ignored")],
    };

    /// <summary>Returns the target name for a connection string of PostgreSQL: a URL or Npgsql's keywords.</summary>
    /// <param name="urlOrKeywords">
    /// The connection string, such as <c>postgres://me@db/health</c> or <c>Host=db;Database=health</c>. The schemes of SQLAlchemy and
    /// JDBC, such as <c>postgresql+asyncpg://</c> and <c>jdbc:postgresql://</c>, are accepted.
    /// </param>
    public static string NameOf(string urlOrKeywords)
    {
        int scheme = urlOrKeywords.IndexOf("://", StringComparison.Ordinal);
        return KeywordsPrefix + (IsUrl(urlOrKeywords) ? urlOrKeywords[(scheme + 1)..] : urlOrKeywords);
    }

    /// <summary>Whether a connection string is a URL of PostgreSQL.</summary>
    public static bool IsUrl(string connectionString) =>
        connectionString.IndexOf("://", StringComparison.Ordinal) is var scheme && scheme >= 0 && IsScheme(connectionString.AsSpan(0, scheme));

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        text = text.StartsWith("jdbc:", StringComparison.OrdinalIgnoreCase) ? text[5..] : text;
        int driver = text.IndexOf('+');
        ReadOnlySpan<char> name = driver < 0 ? text : text[..driver];
        return name.Equals("postgres", StringComparison.OrdinalIgnoreCase) || name.Equals("postgresql", StringComparison.OrdinalIgnoreCase);
    }

    private static string SchemaOf(TargetOptions options) => options.Schema ?? PostgresSchema.DefaultName;
}
