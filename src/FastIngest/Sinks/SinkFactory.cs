using FastIngest.Sinks.Http;
using FastIngest.Sinks.Ndjson;
using FastIngest.Sinks.Postgres;
using FastIngest.Sinks.Sqlite;

namespace FastIngest.Sinks;

/// <summary>What sinks need to know besides their target.</summary>
/// <param name="OpenStandardOutput">Gives the stream for <c>ndjson:-</c>; called when that sink is opened.</param>
/// <param name="Schema">The schema of PostgreSQL that holds the tables.</param>
/// <param name="TakesRecords">Whether PostgreSQL gets the records as well.</param>
public sealed record SinkOptions(Func<Stream> OpenStandardOutput, string Schema = PostgresSchema.DefaultName, bool TakesRecords = false);

/// <summary>Makes the sink that a <c>--to</c> option names. A new kind of sink is one more line in <see cref="Kinds"/>.</summary>
public static class SinkFactory
{
    private delegate ISummarySink Maker(string target, string rest, SinkOptions options);

    /// <summary>
    /// What a target may begin with, how it is shown when it is not understood, and what makes the sink of the whole
    /// target and of what follows the prefix.
    /// </summary>
    private static readonly (string Prefix, string Form, Maker Make)[] Kinds =
    [
        ("sqlite:", "sqlite:FILE", (_, file, _) => new SqliteSink(file)),
        ("ndjson:", "ndjson:FILE, ndjson:- (standard output)", (_, file, options) => new NdjsonSink(file, options.OpenStandardOutput)),
        ("postgres:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresSink(target, options.Schema, options.TakesRecords)),
        ("postgresql:", "postgres://USER@HOST/DATABASE", (target, _, options) => new PostgresSink(target, options.Schema, options.TakesRecords)),
    ];

    /// <summary>Makes a sink; nothing is opened yet.</summary>
    /// <param name="target">Such as <c>sqlite:health.db</c>.</param>
    /// <param name="options">What sinks need besides.</param>
    /// <exception cref="IngestException">No kind of sink has this form.</exception>
    public static ISummarySink Create(string target, SinkOptions options)
    {
        foreach ((string prefix, string form, Maker make) in Kinds)
        {
            if (target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                string rest = target[prefix.Length..];
                return rest.Length > 0
                    ? make(target, rest, options)
                    : throw new IngestException($"The target {prefix} names nothing.", $"Write {form}.");
            }
        }

        throw new IngestException($"{Shown(target)} is no target that is known.", $"Known are {string.Join(", ", Kinds.Select(k => k.Form).Distinct())}, {ApiTarget.Forms}.");
    }

    /// <summary>The target up to its first colon: what follows may hold a password.</summary>
    private static string Shown(string target)
    {
        int colon = target.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? $"'{target}'" : $"'{target[..(colon + 1)]}…'";
    }
}
