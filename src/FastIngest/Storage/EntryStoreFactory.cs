using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Entries;
using FastIngest.Storage.Sqlite.Entries;

namespace FastIngest.Storage;

/// <summary>What stores of entries need to know besides their target.</summary>
/// <param name="Schema">The schema of PostgreSQL that holds the tables.</param>
public sealed record EntryStoreOptions(string Schema);

/// <summary>Makes the store of dictionary entries that a <c>--to</c> option names.</summary>
public static class EntryStoreFactory
{
    private static readonly TargetKinds<IEntryStore, EntryStoreOptions> Kinds = new(
    [
        ("sqlite:", "sqlite:FILE", (_, file, _) => new SqliteEntryStore(file)),
        ("postgres:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresEntryStore(target, options.Schema)),
        ("postgresql:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresEntryStore(target, options.Schema)),
    ]);

    /// <summary>Makes a store; nothing is opened yet.</summary>
    /// <exception cref="IngestException">No kind of store has this form.</exception>
    public static IEntryStore Create(string target, EntryStoreOptions options) => Kinds.Create(target, options);
}
