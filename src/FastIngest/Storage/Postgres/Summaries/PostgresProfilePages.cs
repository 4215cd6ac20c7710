using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Reads the profiles of users in pages.</summary>
internal sealed class PostgresProfilePages(RepeatableCalls calls, PostgresNames names, string? userId, int pageRows) : PostgresListPages<StoredProfile>(calls, null)
{
    protected override string Query(string? after)
    {
        string conditions = (after is null ? "" : $" AND user_id > {PostgresNames.Literal(after)}")
            + (userId is null ? "" : $" AND user_id = {PostgresNames.Literal(PostgresSummaryPages.StoredId(userId))}");
        return $"SELECT user_id, name, gender, fitness_level, age, height, weight FROM {names.Users} WHERE true{conditions} ORDER BY user_id LIMIT {pageRows}";
    }

    protected override StoredProfile Read(CopyTupleReader fields) =>
        new(Text(ref fields)!, Text(ref fields), Text(ref fields), Text(ref fields), fields.Float8(), fields.Float8(), fields.Float8());

    protected override string UserOf(StoredProfile item) => item.UserId;
}
