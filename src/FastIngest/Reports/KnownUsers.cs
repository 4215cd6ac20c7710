using FastIngest.Stored;

namespace FastIngest.Reports;

/// <summary>Says what to do when a user who was asked for has no days.</summary>
public static class KnownUsers
{
    /// <summary>Ids that are compared with the one that was given; more would take long in a large database.</summary>
    private const int MaxCompared = 20_000;

    private const int MaxNamed = 5;

    /// <summary>Checks that a user has at least one day.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="userId">The id of the user.</param>
    /// <param name="since">The first day included; null for no limit.</param>
    /// <param name="until">The last day included; null for no limit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IngestException">The user has none; the remedy names the user who was probably meant, or the days that there are.</exception>
    public static async Task RequireAsync(ISummaryReader reader, string userId, DateOnly? since, DateOnly? until, CancellationToken cancellationToken)
    {
        if (await reader.CountAsync(new SummaryQuery { UserId = userId, Since = since, Until = until }, cancellationToken).ConfigureAwait(false) > 0)
        {
            return;
        }

        List<string> ids = [];
        string? byName = null;
        await foreach (IReadOnlyList<StoredUser> page in reader.ReadUsersAsync(1_000, cancellationToken).ConfigureAwait(false))
        {
            foreach (StoredUser user in page)
            {
                if (user.UserId == userId)
                {
                    throw new IngestException($"User {userId} has no day in this range.", $"The days of this user go from {user.FirstDay:yyyy-MM-dd} to {user.LastDay:yyyy-MM-dd}.");
                }

                byName ??= user.Name is not null && user.Name.Equals(userId, StringComparison.OrdinalIgnoreCase) ? user.UserId : null;
                ids.Add(user.UserId);
            }

            if (ids.Count >= MaxCompared)
            {
                break;
            }
        }

        string remedy = ids.Count == 0 ? "The database has no days at all. Load health data with health_ingestion ingest first."
            : byName is not null ? $"{userId} is the name of the user {byName}."
            : Suggestion.For(userId, ids) is { } near ? $"Did you mean {near}?"
            : $"It has {string.Join(", ", ids.Take(MaxNamed))}{(ids.Count > MaxNamed ? " and others" : "")}.";
        throw new IngestException($"{reader.DisplayName} has no user {userId}.", remedy);
    }
}
