using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Storage.Sqlite.Entries;
using FastIngest.Storage.Sqlite.Erasure;
using FastIngest.Storage.Sqlite.Outbox;
using FastIngest.Storage.Sqlite.Summaries;
using FastIngest.Storage.Sqlite.Vectors;
using FastIngest.Targets;

namespace FastIngest.Storage.Sqlite;

/// <summary>The target of a SQLite database file.</summary>
internal static class SqliteTarget
{
    public static TargetKind Kind { get; } = new()
    {
        Prefixes = ["sqlite:"],
        Forms = ["sqlite:FILE"],
        IsFile = true,
        FileEndings = [".db", ".db3", ".sqlite", ".sqlite3"],
        Summaries = (target, options) => new SqliteSink(target.Rest, options.OnFewer),
        ComparesDays = true,
        Entries = (target, _) => new SqliteEntrySink(target.Rest),
        Reprocess = (target, _) => new SqliteEntryStore(target.Rest),
        Erasure = (target, _) => new SqliteErasure(target.Rest),
        Reader = (target, options) => new SqliteSummaryReader(target.Rest, options.IsReadOnly),
        Outbox = (target, _, vectors) => new SqliteOutbox(target.Rest, OutboxTable.Deliveries, vectors: vectors),
        Vectors = (target, _) => new VectorSource(
            (model, replaces) => new SqliteOutbox(target.Rest, OutboxTable.Embeddings, model is null ? null : new SqliteModels(model, replaces)), () => new SqliteVectorStore(target.Rest)),
        Query = (target, sql) => $"sqlite3 {Quoted(target.Rest)} \"{sql}\"",
    };

    /// <summary>A path as a word of a shell command, in quotes where it needs them.</summary>
    private static string Quoted(string path) => path.All(c => char.IsLetterOrDigit(c) || "/._-+:,@%=".Contains(c, StringComparison.Ordinal))
        ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
