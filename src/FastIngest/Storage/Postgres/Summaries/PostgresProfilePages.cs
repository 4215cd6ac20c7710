using System.Text;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Reads the profiles of users in pages.</summary>
internal sealed class PostgresProfilePages(RepeatableCalls calls, PostgresNames names, string? userId, int pageRows) : IPages<List<StoredProfile>>
{
    private readonly CopyReader _receiver = new(64 << 10);
    private string? _last;

    /// <exception cref="IngestException">The server rejected the query, or was unavailable for too long.</exception>
    public async ValueTask<bool> ReadAsync(List<StoredProfile> page, CancellationToken cancellationToken)
    {
        await calls.RunAsync(
            connection => connection.ReadPageAsync(() => ReadProfilesAsync(connection, page, cancellationToken), cancellationToken), cancellationToken).ConfigureAwait(false);
        _last = page.Count > 0 ? page[^1].UserId : _last;
        return page.Count > 0;
    }

    public void Dispose() => _receiver.Dispose();

    private static StoredProfile Read(ReadOnlySpan<byte> tuple)
    {
        CopyTupleReader fields = CopyTupleReader.OfTuple(tuple);
        return new StoredProfile(Text(ref fields)!, Text(ref fields), Text(ref fields), Text(ref fields), fields.Float8(), fields.Float8(), fields.Float8());
    }

    private static string? Text(ref CopyTupleReader fields) => fields.TryField(out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : null;

    private async Task ReadProfilesAsync(NpgsqlConnection connection, List<StoredProfile> page, CancellationToken cancellationToken)
    {
        page.Clear();
        string conditions = (_last is null ? "" : $" AND user_id > {PostgresNames.Literal(_last)}")
            + (userId is null ? "" : $" AND user_id = {PostgresNames.Literal(PostgresSummaryPages.StoredId(userId))}");
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"""
            COPY (SELECT user_id, name, gender, fitness_level, age, height, weight FROM {names.Users}
                WHERE true{conditions} ORDER BY user_id LIMIT {pageRows}) TO STDOUT (FORMAT BINARY)
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
