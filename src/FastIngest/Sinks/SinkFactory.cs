using FastIngest.Sinks.Ndjson;
using FastIngest.Sinks.Sqlite;

namespace FastIngest.Sinks;

/// <summary>Makes the sink that a <c>--to</c> option names. A new kind of sink is one more line in <see cref="Kinds"/>.</summary>
public static class SinkFactory
{
    private delegate ISummarySink Maker(string target, string rest, Func<Stream> openStandardOutput);

    /// <summary>
    /// What a target may begin with, how it is shown when it is not understood, and what makes the sink of the whole
    /// target and of what follows the prefix.
    /// </summary>
    private static readonly (string Prefix, string Form, Maker Make)[] Kinds =
    [
        ("sqlite:", "sqlite:FILE", (_, file, _) => new SqliteSink(file)),
        ("ndjson:", "ndjson:FILE, ndjson:- (standard output)", (_, file, output) => new NdjsonSink(file, output)),
    ];

    /// <summary>Makes a sink; nothing is opened yet.</summary>
    /// <param name="target">Such as <c>sqlite:health.db</c>.</param>
    /// <param name="openStandardOutput">Gives the stream for <c>ndjson:-</c>; called when that sink is opened.</param>
    /// <exception cref="IngestException">No kind of sink has this form.</exception>
    public static ISummarySink Create(string target, Func<Stream> openStandardOutput)
    {
        foreach ((string prefix, string form, Maker make) in Kinds)
        {
            if (target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                string rest = target[prefix.Length..];
                return rest.Length > 0
                    ? make(target, rest, openStandardOutput)
                    : throw new IngestException($"The target {prefix} names no file.", $"Write {form}.");
            }
        }

        throw new IngestException($"{Shown(target)} is no target that is known.", $"Known are {string.Join(", ", Kinds.Select(k => k.Form))}.");
    }

    /// <summary>The target up to its first colon: what follows may hold a password.</summary>
    private static string Shown(string target)
    {
        int colon = target.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? $"'{target}'" : $"'{target[..(colon + 1)]}…'";
    }
}
