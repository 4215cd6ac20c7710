using System.Text;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Stored;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Reads the columns of a <see cref="PostgresJoin"/> for the row with the given index in the page.</summary>
internal delegate void JoinedColumns(ref CopyTupleReader tuple, int rowIndex);

/// <summary>Columns of another table that are read together with the summaries.</summary>
/// <param name="Columns">The columns as SQL.</param>
/// <param name="Clause">The JOIN clause. The alias of <c>daily_summaries</c> is <c>s</c>.</param>
/// <param name="Condition">A condition on the rows, in the form <c>AND …</c>.</param>
/// <param name="Read">Called once for each row.</param>
internal sealed record PostgresJoin(string Columns, string Clause, string Condition, JoinedColumns Read);

/// <summary>
/// Reads the rows of a query in pages. It uses COPY, which needs no object per row. COPY does not support parameters, so values
/// are literals.
/// </summary>
internal sealed class PostgresSummaryPages : IPages<SummaryBatch>
{
    /// <summary>Days are sent as offsets from this day, because Npgsql converts the minimum and maximum dates to infinities.</summary>
    private const string FirstDay = "date '0001-01-01'";

    private readonly RepeatableCalls _calls;
    private readonly SummaryQuery _query;
    private readonly SummaryColumn[] _columns;
    private readonly PostgresJoin? _join;
    private readonly string _select;
    private readonly CopyReader _receiver = new(256 << 10);
    private readonly MeasurementText _measurements = new();
    private string _userId;
    private int _day;
    private int _limit;
    private bool _isAtEnd;

    /// <param name="calls">The connection.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="query">Selects the rows.</param>
    /// <param name="join">Further columns to read; null for none.</param>
    public PostgresSummaryPages(RepeatableCalls calls, PostgresNames names, SummaryQuery query, PostgresJoin? join = null)
    {
        (_calls, _query, _join) = (calls, query, join);
        _columns = SelectedColumns.Of(query.Content);
        _select = $"SELECT {SelectedColumns.List(query.Content, "s")}{(join is null ? "" : $", {join.Columns}")} FROM {names.Summaries} s {join?.Clause} WHERE true{Conditions(query)}{join?.Condition}";
        _userId = query.UserId is null ? "" : StoredId(query.UserId);
        _day = query.UserId is null || query.Since is null ? -1 : query.Since.Value.DayNumber - 1;
        _limit = query.PageRows;
        if (query.After is { } last && (query.UserId is null || (last.UserId == query.UserId && last.Day >= (query.Since ?? default))))
        {
            (_userId, _day) = (StoredId(last.UserId), last.Day.DayNumber);
        }
    }

    /// <summary>Returns the SQL that counts the rows of a query.</summary>
    public static string CountSql(PostgresNames names, SummaryQuery query) => $"SELECT count(*) FROM {names.Summaries} s WHERE true{Conditions(query)}";

    /// <exception cref="IngestException">The server rejected the query, or was unavailable for too long.</exception>
    public async ValueTask<bool> ReadAsync(SummaryBatch page, CancellationToken cancellationToken)
    {
        page.Reset();
        if (!_isAtEnd)
        {
            await _calls.RunAsync(
            connection => connection.ReadPageAsync(() => ReadRowsAsync(connection, page, cancellationToken), cancellationToken), cancellationToken).ConfigureAwait(false);
            MoveAfter(page);
        }

        return page.RowCount > 0;
    }

    public void Dispose() => _receiver.Dispose();

    /// <summary>The id under which PostgreSQL stores a user: without U+0000, which it cannot store.</summary>
    internal static string StoredId(string userId) => PostgresNames.StoredId(userId);

    private static string Conditions(SummaryQuery query) =>
        (query.UserId is { } user ? $" AND s.user_id = {PostgresNames.Literal(StoredId(user))}" : "")
        + (query.Since is { } since ? $" AND s.date >= {FirstDay} + {since.DayNumber}" : "")
        + (query.Until is { } until ? $" AND s.date <= {FirstDay} + {until.DayNumber}" : "");

    private async Task ReadRowsAsync(NpgsqlConnection connection, SummaryBatch page, CancellationToken cancellationToken)
    {
        // Discard rows that were read before the connection broke.
        page.Reset();
        string after = _query.UserId is null
            ? $"(s.user_id, s.date) > ({PostgresNames.Literal(_userId)}, {FirstDay} + ({_day}))"
            : $"s.date > {FirstDay} + ({_day})";
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY ({_select} AND {after} ORDER BY s.user_id, s.date LIMIT {_limit}) TO STDOUT (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            _receiver.Begin(stream);
            while (page.TextLength < _query.PageBytes && await _receiver.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                Read(page);
            }
        }
    }

    private void Read(SummaryBatch page)
    {
        CopyTupleReader tuple = CopyTupleReader.OfTuple(_receiver.Current);
        SummaryTuples.Read(ref tuple, _columns, page, _measurements);
        _join?.Read(ref tuple, page.RowCount - 1);
    }

    /// <summary>
    /// Moves the position after a page. Rows that the server sends beyond the size of a page are discarded. Therefore fewer rows
    /// are requested while texts are long.
    /// </summary>
    private void MoveAfter(SummaryBatch page)
    {
        _isAtEnd = page.RowCount < _limit && page.TextLength < _query.PageBytes;
        _limit = Math.Max(1, (int)Math.Min(_query.PageRows, 2L * page.RowCount));
        if (page.RowCount > 0)
        {
            DailySummary last = page.Rows[^1];
            _userId = Encoding.UTF8.GetString(page.Text(last.Texts[TextSlot.UserId]));
            _day = last.Day;
        }
    }
}
