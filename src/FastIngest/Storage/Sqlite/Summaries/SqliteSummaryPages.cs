using System.Globalization;
using System.Text;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Stored;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Columns of another table that are read together with the summaries.</summary>
/// <param name="Columns">The columns as SQL.</param>
/// <param name="Clause">The JOIN clause. The alias of <c>daily_summaries</c> is <c>s</c>; <c>?1</c> is <paramref name="Parameter"/>.</param>
/// <param name="Parameter">The value of <c>?1</c>.</param>
/// <param name="Read">Reads the columns of one row. Its arguments are the statement, the index of the first joined column, and the index of the row in the page.</param>
internal sealed record SqliteJoin(string Columns, string Clause, string Parameter, Action<SqliteStatement, int, int> Read)
{
    /// <summary>The values of <c>?4</c> and the following parameters of the clause.</summary>
    public IReadOnlyList<string> MoreParameters { get; init; } = [];
}

/// <summary>
/// Reads the rows of a query in pages. No statement is active between two pages, so that this connection holds no lock then.
/// </summary>
internal sealed class SqliteSummaryPages : IPages<SummaryBatch>
{
    private readonly SqliteStatement _select;
    private readonly SummaryColumn[] _columns;
    private readonly SummaryQuery _query;
    private readonly string _displayPath;
    private readonly SqliteJoin? _join;
    private readonly byte[] _date = new byte[DayText.Bytes];
    private byte[] _userId;
    private int _dateBytes;
    private bool _isAtEnd;

    /// <param name="database">A database with the tables of summaries.</param>
    /// <param name="displayPath">The database as the user named it.</param>
    /// <param name="query">Selects the rows.</param>
    /// <param name="join">Further columns to read; null for none.</param>
    public SqliteSummaryPages(SqliteDatabase database, string displayPath, SummaryQuery query, SqliteJoin? join = null)
    {
        (_displayPath, _query, _join) = (displayPath, query, join);
        _columns = SelectedColumns.Of(query.Content);
        _userId = query.UserId is null ? [] : Encoding.UTF8.GetBytes(query.UserId);

        // For one user, a single range of the index holds all days. The empty string sorts before all days.
        bool isOfUser = query.UserId is not null;
        if (isOfUser && query.Since is { DayNumber: > 0 } since)
        {
            SetDay(since.DayNumber - 1);
        }

        if (query.After is { } last && (!isOfUser || (last.UserId == query.UserId && last.Day >= (query.Since ?? default))))
        {
            _userId = Encoding.UTF8.GetBytes(last.UserId);
            SetDay(last.Day.DayNumber);
        }

        string after = isOfUser ? "s.user_id = ?2 AND s.date > ?3" : "(s.user_id, s.date) > (?2, ?3)";
        _select = database.Compile(
            $"SELECT {SelectedColumns.List(query.Content, "s")}{(join is null ? "" : $", {join.Columns}")} FROM daily_summaries s {join?.Clause} "
            + $"WHERE {after}{Range(query with { Since = isOfUser ? null : query.Since })} ORDER BY s.user_id, s.date");
        if (join is not null)
        {
            _select.Bind(1, join.Parameter);
            for (int i = 0; i < join.MoreParameters.Count; i++)
            {
                _select.Bind(4 + i, join.MoreParameters[i]);
            }
        }
    }

    /// <summary>Counts the rows of a query.</summary>
    public static long Count(SqliteDatabase database, SummaryQuery query)
    {
        using SqliteStatement count = database.Compile($"SELECT count(*) FROM daily_summaries s WHERE {(query.UserId is null ? "true" : "s.user_id = ?1")}{Range(query)}");
        if (query.UserId is not null)
        {
            count.Bind(1, query.UserId);
        }

        return count.Step() ? count.Int64(0) : 0;
    }

    /// <exception cref="IngestException">SQLite reported a fault, or another program changed a row so that it cannot be read.</exception>
    public ValueTask<bool> ReadAsync(SummaryBatch page, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(page));
    }

    public void Dispose() => _select.Dispose();

    /// <summary>The conditions on the day as SQL. A date in ISO form needs no escaping.</summary>
    private static string Range(SummaryQuery query) =>
        (query.Since is { } since ? $" AND s.date >= '{Iso(since)}'" : "") + (query.Until is { } until ? $" AND s.date <= '{Iso(until)}'" : "");

    private static string Iso(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private bool Read(SummaryBatch page)
    {
        page.Reset();
        if (_isAtEnd)
        {
            return false;
        }

        _select.Bind(2, _userId).Bind(3, _date.AsSpan(0, _dateBytes));
        try
        {
            while (page.RowCount < _query.PageRows && page.TextLength < _query.PageBytes)
            {
                if (!_select.Step())
                {
                    _isAtEnd = true;
                    return page.RowCount > 0;
                }

                SqliteSummaryRow.Read(_select, _columns, page, _displayPath);
                _join?.Read(_select, _columns.Length, page.RowCount - 1);
            }
        }
        finally
        {
            _select.Reset();
        }

        ref readonly DailySummary last = ref page.Rows[^1];
        SetDay(last.Day);
        ReadOnlySpan<byte> userId = page.Text(last.Texts[TextSlot.UserId]);
        if (!userId.SequenceEqual(_userId))
        {
            _userId = userId.ToArray();
        }

        return true;
    }

    private void SetDay(int day)
    {
        DayText.Write(_date, day);
        _dateBytes = DayText.Bytes;
    }
}
