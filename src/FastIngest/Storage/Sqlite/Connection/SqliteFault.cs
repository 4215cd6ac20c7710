using System.Diagnostics.CodeAnalysis;
using FastIngest.Storage.Files;
using SQLitePCL;

namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>Turns SQLite's result codes into one-line messages that name the file and a remedy.</summary>
internal static class SqliteFault
{
    private const int PrimaryMask = 0xFF;

    /// <summary>Whether the code means that another connection holds a lock.</summary>
    public static bool IsBusy(int result) => (result & PrimaryMask) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <param name="path">The file as the user named it.</param>
    /// <param name="result">SQLite's result code, primary or extended.</param>
    /// <param name="detail">SQLite's own message.</param>
    /// <param name="isForReading">Whether the message says "read" instead of "write".</param>
    [DoesNotReturn]
    public static void Throw(string path, int result, string detail, bool isForReading = false) => throw Explain(path, result, detail, isForReading);

    public static IngestException Explain(string path, int result, string detail, bool isForReading = false) => (result & PrimaryMask) switch
    {
        raw.SQLITE_NOTADB => new($"{path} is not a SQLite database.", "Name another file, or move this one away."),
        raw.SQLITE_CORRUPT => new($"{path} is damaged: {detail}.", "Restore it from a copy, or move it away and run again to build a new one."),
        raw.SQLITE_FULL => FileFault.Full(path),
        raw.SQLITE_IOERR => new($"{path} cannot be read or written: {detail} ({result}).", "Check the disk and its free space, then run again."),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM when isForReading => FileFault.NotReadable(path),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => FileFault.NotWritable(path),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new($"{path} is locked by another program.", "Close the program that has it open, then run again."),
        raw.SQLITE_TOOBIG => new($"{path} cannot hold a text of more than 1 GB.", "Split that day's records over more days, or leave that record out."),
        raw.SQLITE_NOMEM => new($"{path} cannot be {(isForReading ? "read" : "written")}: out of memory.", "Give the process more memory."),
        _ => new($"{path} cannot be {(isForReading ? "read" : "written")}: {FaultText.OneLine(detail)} ({result}).", "Check that only health_ingestion changed its tables, or name another file."),
    };
}
