using FastIngest.Storage.Postgres.Entries;
using FastIngest.Storage.Postgres.Erasure;
using FastIngest.Storage.Postgres.Outbox;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
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
        Summaries = (target, options) => new PostgresSink(target.Name, SchemaOf(options), options.TakesRecords),
        Records = true,
        Entries = (target, options) => new PostgresEntrySink(target.Name, SchemaOf(options), options.MergeRows),
        Reprocess = (target, options) => new PostgresEntryStore(target.Name, SchemaOf(options)),
        Erasure = (target, options) => new PostgresErasure(target.Name, SchemaOf(options)),
        Outbox = (target, options) => new PostgresOutbox(target.Name, SchemaOf(options)),
    };

    /// <summary>Returns the target name for a connection string of PostgreSQL: a URL or Npgsql's keywords.</summary>
    /// <param name="urlOrKeywords">The connection string, such as <c>postgres://me@db/health</c> or <c>Host=db;Database=health</c>.</param>
    public static string NameOf(string urlOrKeywords)
    {
        bool isUrl = urlOrKeywords.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) && urlOrKeywords.Contains("://", StringComparison.Ordinal);
        return isUrl ? urlOrKeywords : KeywordsPrefix + urlOrKeywords;
    }

    private static string SchemaOf(TargetOptions options) => options.Schema ?? PostgresSchema.DefaultName;
}
