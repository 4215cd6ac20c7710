using SQLitePCL;

namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>A prepared statement. As in SQLite, parameters are numbered from 1 and columns from 0.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt statement) : IDisposable
{
    /// <summary>The native handle for <see cref="SqliteNative"/>; valid until the statement is disposed.</summary>
    public nint Pointer => statement.DangerousGetHandle();

    public SqliteStatement Bind(int parameterNumber, ReadOnlySpan<byte> text)
    {
        // An empty span has a null pointer, which SQLite would store as NULL.
        database.Check(text.IsEmpty
            ? raw.sqlite3_bind_text(statement, parameterNumber, "")
            : raw.sqlite3_bind_text(statement, parameterNumber, text));
        return this;
    }

    public SqliteStatement Bind(int parameterNumber, string text)
    {
        database.Check(raw.sqlite3_bind_text(statement, parameterNumber, text));
        return this;
    }

    public SqliteStatement Bind(int parameterNumber, long value)
    {
        database.Check(raw.sqlite3_bind_int64(statement, parameterNumber, value));
        return this;
    }

    public SqliteStatement Bind(int parameterNumber, double value)
    {
        database.Check(raw.sqlite3_bind_double(statement, parameterNumber, value));
        return this;
    }

    public SqliteStatement BindBlob(int parameterNumber, ReadOnlySpan<byte> bytes)
    {
        database.Check(raw.sqlite3_bind_blob(statement, parameterNumber, bytes));
        return this;
    }

    public SqliteStatement BindNull(int parameterNumber)
    {
        database.Check(raw.sqlite3_bind_null(statement, parameterNumber));
        return this;
    }

    /// <summary>Moves to the next row. At the end it resets the statement and returns false.</summary>
    /// <exception cref="IngestException">SQLite reported an error.</exception>
    public bool Step()
    {
        int result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        if (result != raw.SQLITE_DONE)
        {
            database.Fail(result);
        }

        Reset();
        return false;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Runs a statement that returns no rows, with one more text, which is bound without a copy for this run only.</summary>
    public void RunWith(int parameterNumber, ReadOnlySpan<byte> text)
    {
        int result = SqliteNative.Run(Pointer, parameterNumber, text);
        if (result != raw.SQLITE_DONE)
        {
            database.Fail(result);
        }
    }

    public void Reset() => _ = raw.sqlite3_reset(statement);

    public bool IsNull(int columnIndex) => SqliteNative.IsNull(Pointer, columnIndex);

    /// <summary>The UTF-8 bytes of a text; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Text(int columnIndex) => SqliteNative.Text(Pointer, columnIndex);

    public long Int64(int columnIndex) => SqliteNative.Int64(Pointer, columnIndex);

    public double Double(int columnIndex) => SqliteNative.Double(Pointer, columnIndex);

    public void Dispose() => statement.Dispose();
}
