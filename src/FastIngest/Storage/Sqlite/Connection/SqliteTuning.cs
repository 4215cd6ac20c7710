namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>The figures that the SQLite sink was measured with; tests set others.</summary>
internal sealed record SqliteTuning
{
    public static SqliteTuning Default { get; } = new();

    /// <summary>
    /// Bytes a page of a new database. Of 4 to 64 KiB the 32 KiB ones took rows of 900 bytes fastest at next to no cost in
    /// size: fewer splits, and no row of ordinary size leaves its page.
    /// </summary>
    public int PageBytes { get; init; } = 32 * 1024;

    /// <summary>Memory for pages; rows come in order, so a small cache holds all that is touched.</summary>
    public int CacheBytes { get; init; } = 16 << 20;

    /// <summary>Memory for pages once records of a dictionary are looked up by indexes, whose places are anywhere.</summary>
    public int IndexCacheBytes { get; init; } = 32 << 20;

    /// <summary>Bounds the database so that a full disk can be tested; 0 is no bound.</summary>
    public int PagesMax { get; init; }

    /// <summary>How long another program may hold the database before the run gives up.</summary>
    public int BusyTimeoutMs { get; init; } = 10_000;

    /// <summary>The clock that the wait for another program goes by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
