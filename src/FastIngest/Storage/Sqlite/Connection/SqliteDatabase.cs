using System.Diagnostics.CodeAnalysis;
using System.Text;
using SQLitePCL;

namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>
/// A connection to a SQLite file. One thread uses it at a time. Its errors are <see cref="IngestException"/>s that name the
/// file as the user did.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyRetryMs = 20;

    private readonly sqlite3 _connection;
    private readonly string _displayPath;
    private readonly bool _isForReading;
    private readonly TimeProvider _time;
    private readonly List<SqliteStatement> _statements = [];

    private SqliteDatabase(sqlite3 connection, string displayPath, bool isForReading, TimeProvider time)
    {
        _connection = connection;
        _displayPath = displayPath;
        _isForReading = isForReading;
        _time = time;
    }

    /// <summary>Whether the file or its file system is read-only.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_connection, "main") != 0;

    /// <summary>The number of rows that the last statement inserted, updated or deleted.</summary>
    public int Changes => raw.sqlite3_changes(_connection);

    /// <summary>Opens an existing file; an empty file is an empty database.</summary>
    /// <param name="displayPath">The file as the user named it, for messages.</param>
    /// <param name="fullPath">The full path of the file.</param>
    /// <param name="isForReading">Whether messages say "read" instead of "write". SQLite also opens files that are not writable.</param>
    /// <param name="isReadOnly">Whether SQLite may not write at all.</param>
    /// <param name="time">The clock for waits on locks; the system clock by default.</param>
    public static SqliteDatabase Open(string displayPath, string fullPath, bool isForReading = false, bool isReadOnly = false, TimeProvider? time = null)
    {
        SqliteLibrary.Load();
        int result = raw.sqlite3_open_v2(fullPath, out sqlite3 connection, (isReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE) | raw.SQLITE_OPEN_NOMUTEX, null);
        SqliteDatabase database = new(connection, displayPath, isForReading, time ?? TimeProvider.System);
        if (result != raw.SQLITE_OK)
        {
            using (database)
            {
                database.Fail(result);
            }
        }

        _ = raw.sqlite3_extended_result_codes(connection, 1);
        return database;
    }

    /// <summary>Limits the size of the page cache.</summary>
    public void SetCache(int bytes) => Execute($"PRAGMA cache_size = {-bytes / 1024}");

    /// <summary>Runs one statement once; its rows are ignored.</summary>
    public void Execute(string sql)
    {
        int result = TryExecute(sql);
        if (result != raw.SQLITE_OK)
        {
            Fail(result);
        }
    }

    /// <summary>Runs one statement; waits while another connection holds a lock.</summary>
    /// <exception cref="IngestException">Another connection still holds the lock after <paramref name="timeoutMs"/>, or SQLite reported another error.</exception>
    public async ValueTask ExecuteWhenUnlockedAsync(string sql, int timeoutMs, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int result = TryExecute(sql);
            if (result == raw.SQLITE_OK)
            {
                return;
            }

            if (!SqliteFault.IsBusy(result) || _time.GetElapsedTime(start).TotalMilliseconds >= timeoutMs)
            {
                Fail(result);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(BusyRetryMs), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the first column of the first row as a number; 0 without a row.</summary>
    public long Scalar(string sql)
    {
        using SqliteStatement statement = Compile(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Returns the first column of all rows as texts.</summary>
    public List<string> Texts(string sql)
    {
        using SqliteStatement statement = Compile(sql);
        List<string> texts = [];
        while (statement.Step())
        {
            texts.Add(Encoding.UTF8.GetString(statement.Text(0)));
        }

        return texts;
    }

    /// <summary>Creates a statement that is disposed with the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        SqliteStatement statement = Compile(sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Creates a statement that the caller disposes.</summary>
    public SqliteStatement Compile(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_connection, sql, out sqlite3_stmt statement));
        return new SqliteStatement(this, statement);
    }

    public void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            Fail(result);
        }
    }

    /// <summary>Throws the error of SQLite's last call.</summary>
    /// <exception cref="IngestException">Always.</exception>
    [DoesNotReturn]
    public void Fail(int result) => SqliteFault.Throw(_displayPath, result, raw.sqlite3_errmsg(_connection).utf8_to_string() ?? "", _isForReading);

    /// <summary>Closes the connection; an open transaction is rolled back.</summary>
    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _connection.Dispose();
    }

    private int TryExecute(string sql)
    {
        int result = raw.sqlite3_prepare_v2(_connection, sql, out sqlite3_stmt statement);
        if (result != raw.SQLITE_OK)
        {
            return result;
        }

        using (statement)
        {
            do
            {
                result = raw.sqlite3_step(statement);
            }
            while (result == raw.SQLITE_ROW);
        }

        return result == raw.SQLITE_DONE ? raw.SQLITE_OK : result;
    }
}
