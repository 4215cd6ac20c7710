using System.Text;
using FastIngest.Json;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Stored;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Reads the users who have summaries, in pages.</summary>
internal sealed class SqliteUserPages(SqliteDatabase database, string displayPath, string? after, int pageRows) : IPages<List<StoredUser>>
{
    private readonly SqliteStatement _select = database.Compile(
        "SELECT s.user_id, (SELECT u.name FROM users u WHERE u.user_id = s.user_id), count(*), min(s.date), max(s.date) FROM daily_summaries s "
        + "WHERE s.user_id > ?1 GROUP BY s.user_id ORDER BY s.user_id LIMIT ?2");

    private string _last = after ?? "";

    /// <exception cref="IngestException">SQLite reported a fault, or another program changed a row so that it cannot be read.</exception>
    public ValueTask<bool> ReadAsync(List<StoredUser> page, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(page));
    }

    public void Dispose() => _select.Dispose();

    private bool Read(List<StoredUser> page)
    {
        page.Clear();
        _select.Bind(1, _last).Bind(2, pageRows);
        try
        {
            while (_select.Step())
            {
                _last = Text(0);
                page.Add(new StoredUser(_last, _select.IsNull(1) ? null : Text(1), _select.Int64(2), Day(3), Day(4)));
            }
        }
        finally
        {
            _select.Reset();
        }

        return page.Count > 0;
    }

    private string Text(int column) => Encoding.UTF8.GetString(_select.Text(column));

    private DateOnly Day(int column) => DayText.TryRead(_select.Text(column), out int day)
        ? DateOnly.FromDayNumber(day)
        : throw SqliteSummaryRow.WrongDate(displayPath, _select.Text(0), _select.Text(column));
}
