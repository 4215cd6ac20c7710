namespace FastIngest.Storage.Postgres.Schema;

/// <summary>The longest user_id that the tables hold.</summary>
internal static class UserIdLimit
{
    /// <summary>An entry of a B-tree index, here of the primary key, has at most 2,704 bytes.</summary>
    private const int MaxBytes = 2_600;

    /// <param name="bytes">The length of a user_id.</param>
    /// <exception cref="IngestException">The user_id is too long for the primary key.</exception>
    public static void Check(int bytes)
    {
        if (bytes > MaxBytes)
        {
            throw new IngestException(
                $"A user_id of {bytes} bytes is longer than a primary key of PostgreSQL can be; the limit is {MaxBytes}.",
                "Shorten it in the input, or write to sqlite: or ndjson:, which have no such limit.");
        }
    }
}
