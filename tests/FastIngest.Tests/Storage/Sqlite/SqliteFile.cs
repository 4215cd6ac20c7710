using System.Globalization;
using System.Text;
using FastIngest.Storage.Sqlite.Connection;
using SQLitePCL;

namespace FastIngest.Tests.Storage.Sqlite;

/// <summary>Reads a database directly, as another program would.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly sqlite3 _connection;

    public SqliteFile(string path)
    {
        SqliteLibrary.Load();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out _connection, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null));
    }

    /// <summary>Returns all rows of all tables except the runs, with each value as SQL.</summary>
    public static string Dump(string path)
    {
        using SqliteFile file = new(path);
        Assert.Equal("ok", file.Query("PRAGMA integrity_check").Single());
        return string.Join('\n', file.Query("SELECT * FROM daily_summaries").Concat(file.Query("SELECT * FROM users")));
    }

    /// <summary>Runs one statement; returns each row as its values in SQL, separated by spaces.</summary>
    public List<string> Query(string sql)
    {
        Assert.True(raw.sqlite3_prepare_v2(_connection, sql, out sqlite3_stmt statement) == raw.SQLITE_OK, raw.sqlite3_errmsg(_connection).utf8_to_string());
        List<string> rows = [];
        using (statement)
        {
            int result;
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                rows.Add(string.Join(' ', Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(i => Value(statement, i))));
            }

            Assert.True(result == raw.SQLITE_DONE, raw.sqlite3_errmsg(_connection).utf8_to_string());
        }

        return rows;
    }

    public void Dispose() => _connection.Dispose();

    private static string Value(sqlite3_stmt statement, int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_NULL => "NULL",
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, column).ToString(CultureInfo.InvariantCulture),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, column).ToString("R", CultureInfo.InvariantCulture) + "r",
        _ => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column)),
    };
}
