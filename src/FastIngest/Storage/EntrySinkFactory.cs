using FastIngest.Sinks.Entries;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Postgres.Entries;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Sqlite.Entries;

namespace FastIngest.Storage;

/// <summary>What sinks of entries need to know besides their target.</summary>
/// <param name="OpenStandardOutput">Gives the stream for <c>ndjson:-</c>; called when that sink is opened.</param>
/// <param name="Schema">The schema of PostgreSQL that holds the tables.</param>
/// <param name="MergeRows">Records sent to a database before they are merged into its tables.</param>
public sealed record EntrySinkOptions(Func<Stream> OpenStandardOutput, string Schema = PostgresSchema.DefaultName, int MergeRows = 10_000);

/// <summary>Makes the sink of dictionary entries that a <c>--to</c> option names.</summary>
public static class EntrySinkFactory
{
    private static readonly TargetKinds<IEntrySink, EntrySinkOptions> Kinds = new(
    [
        ("sqlite:", "sqlite:FILE", (_, file, _) => new SqliteEntrySink(file)),
        ("ndjson:", "ndjson:FILE, ndjson:- (standard output)", (_, file, options) => new EntryNdjsonSink(file, options.OpenStandardOutput)),
        ("postgres:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresEntrySink(target, options.Schema, options.MergeRows)),
        ("postgresql:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresEntrySink(target, options.Schema, options.MergeRows)),
    ]);

    /// <summary>Makes a sink; nothing is opened yet.</summary>
    /// <exception cref="IngestException">No kind of sink has this form.</exception>
    public static IEntrySink Create(string target, EntrySinkOptions options) => Kinds.Create(target, options);
}
