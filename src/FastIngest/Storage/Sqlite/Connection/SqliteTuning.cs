namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>Sizes and timeouts of the SQLite sinks, chosen by measurement; tests set other values.</summary>
internal sealed record SqliteTuning
{
    public static SqliteTuning Default { get; } = new();

    /// <summary>
    /// The page size of a new database in bytes. Of the sizes from 4 to 64 KiB, 32 KiB stored rows of 900 bytes fastest and made
    /// the file hardly larger: pages split less often, and rows of ordinary size need no overflow page.
    /// </summary>
    public int PageBytes { get; init; } = 32 * 1024;

    /// <summary>The page cache in bytes. Rows arrive in key order, so a small cache suffices.</summary>
    public int CacheBytes { get; init; } = 16 << 20;

    /// <summary>The page cache in bytes for dictionary runs with index lookups, which access pages in random order.</summary>
    public int IndexCacheBytes { get; init; } = 32 << 20;

    /// <summary>The maximum number of pages in the database, to test a full disk; 0 for no limit.</summary>
    public int PagesMax { get; init; }

    /// <summary>How long a run waits, in milliseconds, while another program locks the database.</summary>
    public int BusyTimeoutMs { get; init; } = 10_000;

    /// <summary>The clock for waits on locks.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
