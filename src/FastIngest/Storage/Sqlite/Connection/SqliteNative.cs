using System.Runtime.InteropServices;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>
/// Direct native calls for the hot paths: the upsert of a summary, the insert of a record that may be large, and the columns of a row that is read.
/// SQLitePCLRaw copies every text that it binds and guards every call with a safe handle, which costs more than the binding
/// itself. SQLite keeps no pointer to a row after a call.
/// </summary>
internal static unsafe partial class SqliteNative
{
    private const int Ok = 0, NullType = 5;

    private static readonly Binding[] Bindings = [.. SummaryColumn.All.Select(c => new Binding(c.Kind, c.Slot))];

    /// <summary>The number of parameters of the statement that <see cref="StoreSummary"/> runs.</summary>
    public static int ParameterCount => Bindings.Length + 1;

    /// <summary>
    /// Binds a row to a statement with a parameter for every column of <see cref="SummaryColumn.All"/> and one for
    /// <c>summary_parts</c>, runs the statement and resets it. Returns SQLite's result code, <c>SQLITE_DONE</c> on success.
    /// </summary>
    /// <param name="statement">A statement of a connection that no other thread uses during the call.</param>
    /// <param name="text">The text buffer of the row's batch.</param>
    /// <param name="row">The row.</param>
    public static int StoreSummary(nint statement, ReadOnlySpan<byte> text, in DailySummary row)
    {
        byte* date = stackalloc byte[DayText.Bytes];
        DayText.Write(new Span<byte>(date, DayText.Bytes), row.Day);
        byte* parts = stackalloc byte[SummaryParts.MaxBytes];
        int partsBytes = SummaryParts.Write(new Span<byte>(parts, SummaryParts.MaxBytes), row.Parts);

        // SAFETY: texts are bound as SQLITE_STATIC, so SQLite reads them in place until the parameter is bound again. `text` is
        // pinned, and `date` and `parts` are in this stack frame, until after the step and the reset. Every parameter is bound
        // again before the next step, so SQLite never reads a pointer from an earlier call. The slice checks that each TextRef
        // lies in `text`.
        fixed (byte* textStart = text)
        {
            int parameter = 0;
            foreach (Binding binding in Bindings)
            {
                parameter++;
                int slot = binding.Slot;
                int result = binding.Kind switch
                {
                    ColumnKind.Count => BindInt64(statement, parameter, (long)row.Numbers[slot]),
                    ColumnKind.Number => double.IsNaN(row.Numbers[slot])
                        ? BindNull(statement, parameter)
                        : BindDouble(statement, parameter, row.Numbers[slot]),
                    ColumnKind.Date => BindText(statement, parameter, date, DayText.Bytes, 0),
                    _ => row.Texts[slot].IsNull
                        ? BindNull(statement, parameter)
                        : BindText(statement, parameter, textStart + row.Texts[slot].Start, text.Slice(row.Texts[slot].Start, row.Texts[slot].Length).Length, 0),
                };
                if (result != Ok)
                {
                    return result;
                }
            }

            int lastResult = BindText(statement, parameter + 1, parts, partsBytes, 0);
            if (lastResult != Ok)
            {
                return lastResult;
            }

            int step = Step(statement);
            _ = Reset(statement);
            return step;
        }
    }

    /// <summary>
    /// Binds a text without a copy, runs the statement, resets it and binds null in place of the text. Returns SQLite's result
    /// code, <c>SQLITE_DONE</c> on success.
    /// </summary>
    /// <param name="statement">A statement of a connection that no other thread uses during the call.</param>
    /// <param name="parameter">The 1-based number of the parameter.</param>
    /// <param name="text">The text in UTF-8; it must not be empty.</param>
    public static int Run(nint statement, int parameter, ReadOnlySpan<byte> text)
    {
        // SAFETY: the text is bound as SQLITE_STATIC and pinned until after the reset. Null is bound in its place before the pin
        // ends, so SQLite never reads the text later.
        fixed (byte* start = text)
        {
            int result = BindText(statement, parameter, start, text.Length, 0);
            result = result == Ok ? Step(statement) : result;
            _ = Reset(statement);
            _ = BindNull(statement, parameter);
            return result;
        }
    }

    /// <summary>Whether a column of the current row is null.</summary>
    public static bool IsNull(nint statement, int columnIndex) => ColumnType(statement, columnIndex) == NullType;

    /// <summary>The bytes of a text in the current row; valid until the next step or reset.</summary>
    public static ReadOnlySpan<byte> Text(nint statement, int columnIndex)
    {
        byte* start = ColumnBlob(statement, columnIndex);
        int bytes = ColumnBytes(statement, columnIndex);

        // SAFETY: SQLite returns the address and the length of the same value, or null for an empty one. It keeps the value until the
        // next step or reset of the statement, and callers use the span before that.
        return start is null ? default : new ReadOnlySpan<byte>(start, bytes);
    }

    // The values of a row are in memory after a step, so that these functions, too, neither wait nor call back.
    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_double")]
    [SuppressGCTransition]
    public static partial double Double(nint statement, int columnIndex);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    public static partial long Int64(nint statement, int columnIndex);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    private static partial int ColumnType(nint statement, int columnIndex);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_blob")]
    [SuppressGCTransition]
    private static partial byte* ColumnBlob(nint statement, int columnIndex);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_bytes")]
    [SuppressGCTransition]
    private static partial int ColumnBytes(nint statement, int columnIndex);

    // SuppressGCTransition is allowed because a bind takes about ten nanoseconds, takes no lock (the connection is opened
    // without a mutex), does no I/O and makes no callbacks.
    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_text")]
    [SuppressGCTransition]
    private static partial int BindText(nint statement, int parameter, byte* text, int bytes, nint destructor);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_double")]
    [SuppressGCTransition]
    private static partial int BindDouble(nint statement, int parameter, double value);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    private static partial int BindInt64(nint statement, int parameter, long value);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_null")]
    [SuppressGCTransition]
    private static partial int BindNull(nint statement, int parameter);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_reset")]
    private static partial int Reset(nint statement);

    private readonly record struct Binding(ColumnKind Kind, int Slot);
}
