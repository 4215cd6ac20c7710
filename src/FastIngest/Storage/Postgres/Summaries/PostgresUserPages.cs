using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Reads the users who have summaries, in pages.</summary>
internal sealed class PostgresUserPages(RepeatableCalls calls, PostgresNames names, string? after, int pageRows)
    : PostgresListPages<StoredUser>(calls, after is null ? null : PostgresSummaryPages.StoredId(after))
{
    protected override string Query(string? after)
    {
        string condition = after is null ? "" : $"WHERE user_id > {PostgresNames.Literal(after)}";
        return $"""
            SELECT d.user_id, u.name, d.days, d.first, d.last FROM (
                SELECT user_id, count(*) AS days, min(date) AS first, max(date) AS last FROM {names.Summaries} {condition} GROUP BY user_id ORDER BY user_id LIMIT {pageRows}
            ) d LEFT JOIN {names.Users} u ON u.user_id = d.user_id ORDER BY d.user_id
            """;
    }

    protected override StoredUser Read(CopyTupleReader fields) =>
        new(Text(ref fields)!, Text(ref fields), fields.Int8(), DateOnly.FromDayNumber(fields.Date()), DateOnly.FromDayNumber(fields.Date()));

    protected override string UserOf(StoredUser item) => item.UserId;
}
