using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Http;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Storage.Sqlite.Summaries;

namespace FastIngest.Storage;

/// <summary>What sinks need to know besides their target.</summary>
/// <param name="OpenStandardOutput">Gives the stream for <c>ndjson:-</c>; called when that sink is opened.</param>
/// <param name="Schema">The schema of PostgreSQL that holds the tables.</param>
/// <param name="TakesRecords">Whether PostgreSQL gets the records as well.</param>
public sealed record SinkOptions(Func<Stream> OpenStandardOutput, string Schema = PostgresSchema.DefaultName, bool TakesRecords = false);

/// <summary>Makes the sink that a <c>--to</c> option names. A new kind of sink is one more line in <see cref="Kinds"/>.</summary>
public static class SinkFactory
{
    private static readonly TargetKinds<ISummarySink, SinkOptions> Kinds = new(
    [
        ("sqlite:", "sqlite:FILE", (_, file, _) => new SqliteSink(file)),
        ("ndjson:", "ndjson:FILE, ndjson:- (standard output)", (_, file, options) => new NdjsonSink(file, options.OpenStandardOutput)),
        ("postgres:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresSink(target, options.Schema, options.TakesRecords)),
        ("postgresql:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresSink(target, options.Schema, options.TakesRecords)),
    ], ApiTarget.Forms);

    /// <summary>Makes a sink; nothing is opened yet.</summary>
    /// <param name="target">Such as <c>sqlite:health.db</c>.</param>
    /// <param name="options">What sinks need besides.</param>
    /// <exception cref="IngestException">No kind of sink has this form.</exception>
    public static ISummarySink Create(string target, SinkOptions options) => Kinds.Create(target, options);
}
