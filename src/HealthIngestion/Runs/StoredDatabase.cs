using FastIngest;
using FastIngest.Stored;
using FastIngest.Targets;

namespace HealthIngestion.Runs;

/// <summary>Opens the database that a command reads.</summary>
internal static class StoredDatabase
{
    /// <summary>Returns the database that a command line names, or the default one, which is the same as for all commands.</summary>
    /// <param name="given">The value of <c>--from</c>; null for none.</param>
    public static Target Choose(string? given) => given is null ? Settings.Targets.DefaultDatabase() : Settings.Targets.Parse("--from", given, TargetCapability.Reader);

    /// <summary>Opens a database for reading, and closes it however the work ends.</summary>
    /// <param name="database">The database.</param>
    /// <param name="schema">The schema of its tables, for PostgreSQL.</param>
    /// <param name="use">The work.</param>
    /// <param name="cancellationToken">Ends the wait for a server.</param>
    /// <exception cref="IngestException">The database is missing or cannot be read.</exception>
    public static async Task<T> UseAsync<T>(Target database, string? schema, Func<ISummaryReader, Task<T>> use, CancellationToken cancellationToken)
    {
        RejectMissing(database);
        ISummaryReader reader = database.CreateReader(new TargetOptions { Schema = schema });
        await using (reader.ConfigureAwait(false))
        {
            await reader.OpenAsync(cancellationToken).ConfigureAwait(false);
            return await use(reader).ConfigureAwait(false);
        }
    }

    /// <summary>Names the databases beside a file that does not exist.</summary>
    private static void RejectMissing(Target database)
    {
        if (database.FilePath is not { } path || Path.Exists(path))
        {
            return;
        }

        string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        string[] files = !Directory.Exists(folder) ? []
            : [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(f => database.Kind.FileEndings.Any(e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal).Take(100)];
        string? near = files.Length == 1 ? files[0] : Suggestion.For(Path.GetFileName(path), files);
        throw new IngestException(
            $"{path} does not exist: there is nothing to read.",
            near is not null ? $"Did you mean --from {database.Kind.Prefixes[0]}{(folder == "." ? near : Path.Join(folder, near))}?"
                : files.Length > 1 ? $"Its folder has {string.Join(", ", files.Take(5))}; name one with --from {database.Kind.Prefixes[0]}FILE."
                : "Load health data with health_ingestion ingest first, or name the database with --from.");
    }
}
