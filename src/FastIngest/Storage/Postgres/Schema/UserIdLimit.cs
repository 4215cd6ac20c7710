namespace FastIngest.Storage.Postgres.Schema;

/// <summary>Limits the length of a user_id to what the primary keys allow.</summary>
internal static class UserIdLimit
{
    /// <summary>An entry of a B-tree index, here of the primary key, has at most 2,704 bytes.</summary>
    private const int MaxBytes = 2_600;

    /// <summary>Checks the length of a user_id.</summary>
    /// <param name="bytes">The length in UTF-8 bytes.</param>
    /// <exception cref="IngestException">The user_id is too long for the primary key.</exception>
    public static void Check(int bytes)
    {
        if (bytes > MaxBytes)
        {
            throw new IngestException(
                $"A user_id of {bytes} bytes is too long for a primary key of PostgreSQL; the limit is {MaxBytes}.",
                "Shorten it in the input, or write to sqlite: or ndjson:, which have no such limit.");
        }
    }
}
