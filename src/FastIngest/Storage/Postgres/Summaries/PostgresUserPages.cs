using System.Text;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Reads the users who have summaries, in pages.</summary>
internal sealed class PostgresUserPages(RepeatableCalls calls, PostgresNames names, string? after, int pageRows) : IPages<List<StoredUser>>
{
    private readonly CopyReader _receiver = new(64 << 10);
    private string? _last = after is null ? null : PostgresSummaryPages.StoredId(after);

    /// <exception cref="IngestException">The server rejected the query, or was unavailable for too long.</exception>
    public async ValueTask<bool> ReadAsync(List<StoredUser> page, CancellationToken cancellationToken)
    {
        await calls.RunAsync(
            connection => connection.ReadPageAsync(() => ReadUsersAsync(connection, page, cancellationToken), cancellationToken), cancellationToken).ConfigureAwait(false);
        _last = page.Count > 0 ? page[^1].UserId : _last;
        return page.Count > 0;
    }

    public void Dispose() => _receiver.Dispose();

    private static StoredUser Read(ReadOnlySpan<byte> tuple)
    {
        CopyTupleReader fields = CopyTupleReader.OfTuple(tuple);
        fields.TryField(out ReadOnlySpan<byte> userId);
        string? name = fields.TryField(out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : null;
        return new StoredUser(Encoding.UTF8.GetString(userId), name, fields.Int8(), DateOnly.FromDayNumber(fields.Date()), DateOnly.FromDayNumber(fields.Date()));
    }

    private async Task ReadUsersAsync(NpgsqlConnection connection, List<StoredUser> page, CancellationToken cancellationToken)
    {
        page.Clear();
        string after = _last is null ? "" : $"WHERE user_id > {PostgresNames.Literal(_last)}";
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"""
            COPY (SELECT d.user_id, u.name, d.days, d.first, d.last FROM (
                SELECT user_id, count(*) AS days, min(date) AS first, max(date) AS last FROM {names.Summaries} {after} GROUP BY user_id ORDER BY user_id LIMIT {pageRows}
            ) d LEFT JOIN {names.Users} u ON u.user_id = d.user_id ORDER BY d.user_id) TO STDOUT (FORMAT BINARY)
            """,
            cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            _receiver.Begin(stream);
            while (await _receiver.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                page.Add(Read(_receiver.Current));
            }
        }
    }
}
