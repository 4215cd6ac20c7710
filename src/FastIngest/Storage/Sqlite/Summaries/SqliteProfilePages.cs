using System.Text;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Stored;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Reads the profiles of users in pages.</summary>
internal sealed class SqliteProfilePages(SqliteDatabase database, string? userId, int pageRows) : IPages<List<StoredProfile>>
{
    private readonly SqliteStatement _select = database.Compile(
        "SELECT user_id, name, gender, fitness_level, age, height, weight FROM users "
        + $"WHERE user_id > ?1{(userId is null ? "" : " AND user_id = ?3")} ORDER BY user_id LIMIT ?2");

    // Bytes, because an id may hold U+0000.
    private byte[] _last = [];

    /// <exception cref="IngestException">SQLite reported a fault.</exception>
    public ValueTask<bool> ReadAsync(List<StoredProfile> page, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        page.Clear();
        _select.Bind(1, _last).Bind(2, pageRows);
        if (userId is not null)
        {
            _select.Bind(3, Encoding.UTF8.GetBytes(userId));
        }

        try
        {
            while (_select.Step())
            {
                _last = _select.Text(0).ToArray();
                page.Add(new StoredProfile(Text(0)!, Text(1), Text(2), Text(3), Number(4), Number(5), Number(6)));
            }
        }
        finally
        {
            _select.Reset();
        }

        return ValueTask.FromResult(page.Count > 0);
    }

    public void Dispose() => _select.Dispose();

    private string? Text(int column) => _select.IsNull(column) ? null : Encoding.UTF8.GetString(_select.Text(column));

    private double Number(int column) => _select.IsNull(column) ? double.NaN : _select.Double(column);
}
