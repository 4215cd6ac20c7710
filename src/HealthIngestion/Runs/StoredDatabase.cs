using FastIngest;
using FastIngest.Reports;
using FastIngest.Stored;
using FastIngest.Targets;
using HealthIngestion.Exit;

namespace HealthIngestion.Runs;

/// <summary>Opens the database that a command reads.</summary>
internal static class StoredDatabase
{
    /// <summary>Opens a database for reading, and closes it however the work ends.</summary>
    /// <param name="database">The database.</param>
    /// <param name="schema">The schema of its tables, for PostgreSQL.</param>
    /// <param name="use">The work.</param>
    /// <param name="cancellationToken">Ends the wait for a server.</param>
    /// <exception cref="IngestException">The database is missing or cannot be read.</exception>
    public static async Task<T> UseAsync<T>(Target database, string? schema, Func<ISummaryReader, Task<T>> use, CancellationToken cancellationToken)
    {
        RejectMissing(database);
        ISummaryReader reader = Faults.AsUsage("--from", () => database.CreateReader(new TargetOptions { Schema = schema }));
        await using (reader.ConfigureAwait(false))
        {
            await reader.OpenAsync(cancellationToken).ConfigureAwait(false);
            return await use(reader).ConfigureAwait(false);
        }
    }

    /// <summary>Checks that the database has all users of a selection, so that a misspelt id is an error and not an empty result.</summary>
    /// <param name="database">The database.</param>
    /// <param name="schema">The schema of its tables, for PostgreSQL.</param>
    /// <param name="users">The ids of the users; null or empty for all.</param>
    /// <param name="cancellationToken">Ends the wait for a server.</param>
    /// <exception cref="IngestException">A user has no day; the remedy names the user who was probably meant.</exception>
    public static async Task RequireUsersAsync(Target database, string? schema, string[]? users, CancellationToken cancellationToken)
    {
        if (users is not { Length: > 0 } || !database.Has(TargetCapability.Reader))
        {
            return;
        }

        await UseAsync(
            database,
            schema,
            async reader =>
            {
                foreach (string user in users)
                {
                    await KnownUsers.RequireAsync(reader, user, since: null, until: null, cancellationToken).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rejects a file that does not exist, and names the databases beside it.</summary>
    /// <exception cref="IngestException">There is no such file.</exception>
    public static void RejectMissing(Target database)
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
