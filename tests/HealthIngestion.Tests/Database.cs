using System.Globalization;
using System.Text;
using FastIngest.Storage.Sqlite.Connection;
using SQLitePCL;

namespace HealthIngestion.Tests;

/// <summary>A database as another program sees it, through SQLite's own functions.</summary>
public sealed class Database : IDisposable
{
    private readonly sqlite3 _connection;

    private Database(string path, int flags)
    {
        SqliteLibrary.Load();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out _connection, flags, null));
    }

    public static Database Open(string path) => new(path, raw.SQLITE_OPEN_READWRITE);

    public static Database Create(string path) => new(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    /// <summary>Every row of every table but the runs, every value with its type, after an integrity check.</summary>
    public static string Dump(string path)
    {
        using Database database = Open(path);
        Assert.Equal("ok", Assert.Single(database.Query("PRAGMA integrity_check"))[0]);
        StringBuilder text = new();
        foreach (string table in (string[])["daily_summaries", "users"])
        {
            foreach (object?[] row in database.Query($"SELECT * FROM {table}"))
            {
                text.AppendJoin('|', row.Select(v => Convert.ToString(v ?? "NULL", CultureInfo.InvariantCulture) + v?.GetType().Name[0])).Append('\n');
            }
        }

        return text.ToString();
    }

    public static long Runs(string path)
    {
        using Database database = Open(path);
        return (long)database.Query("SELECT count(*) FROM ingest_runs")[0][0]!;
    }

    /// <summary>Rows of <see cref="long"/>, <see cref="double"/>, <see cref="string"/> and null.</summary>
    public List<object?[]> Query(string sql)
    {
        Assert.True(raw.sqlite3_prepare_v2(_connection, sql, out sqlite3_stmt statement) == raw.SQLITE_OK, raw.sqlite3_errmsg(_connection).utf8_to_string());
        List<object?[]> rows = [];
        using (statement)
        {
            int result;
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                rows.Add([.. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(i => Value(statement, i))]);
            }

            Assert.True(result == raw.SQLITE_DONE, raw.sqlite3_errmsg(_connection).utf8_to_string());
        }

        return rows;
    }

    public string[] Columns(string table) => [.. Query($"SELECT name FROM pragma_table_info('{table}') ORDER BY cid").Select(r => (string)r[0]!)];

    public void Dispose() => _connection.Dispose();

    private static object? Value(sqlite3_stmt statement, int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, column),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, column),
        _ => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column)),
    };
}
