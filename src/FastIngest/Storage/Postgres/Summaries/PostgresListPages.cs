using System.Text;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Stored;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Reads what there is once for each user in pages, by COPY. A page begins after the last user of the one before.</summary>
/// <param name="calls">Repeats what a restart of the server breaks off.</param>
/// <param name="after">The user after whom the first page begins, as the database stores it; null for the beginning.</param>
internal abstract class PostgresListPages<T>(RepeatableCalls calls, string? after) : IPages<List<T>>
{
    private readonly CopyReader _receiver = new(64 << 10);
    private string? _last = after;

    /// <exception cref="IngestException">The server rejected the query, or was unavailable for too long.</exception>
    public async ValueTask<bool> ReadAsync(List<T> page, CancellationToken cancellationToken)
    {
        await calls.RunAsync(
            connection => connection.ReadPageAsync(() => ReadAsync(connection, page, cancellationToken), cancellationToken), cancellationToken).ConfigureAwait(false);
        _last = page.Count > 0 ? UserOf(page[^1]) : _last;
        return page.Count > 0;
    }

    public void Dispose() => _receiver.Dispose();

    /// <summary>Returns a query for the next page, ordered by user.</summary>
    /// <param name="after">The last user of the page before; null for none.</param>
    protected abstract string Query(string? after);

    protected abstract T Read(CopyTupleReader fields);

    protected abstract string UserOf(T item);

    protected static string? Text(ref CopyTupleReader fields) => fields.TryField(out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : null;

    private async Task ReadAsync(NpgsqlConnection connection, List<T> page, CancellationToken cancellationToken)
    {
        page.Clear();
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync($"COPY ({Query(_last)}) TO STDOUT (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            _receiver.Begin(stream);
            while (await _receiver.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                page.Add(Read(CopyTupleReader.OfTuple(_receiver.Current)));
            }
        }
    }
}
