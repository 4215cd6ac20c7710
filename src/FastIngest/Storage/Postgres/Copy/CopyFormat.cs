namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Constants of the binary format of COPY.</summary>
internal static class CopyFormat
{
    /// <summary>2000-01-01, PostgreSQL's day 0, as days since 0001-01-01.</summary>
    public const int EpochDay = 730_119;

    public const long DayMicroseconds = 86_400_000_000;

    /// <summary>Signature, no flags, no header extension.</summary>
    public static ReadOnlySpan<byte> Header =>
        [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>A tuple of -1 fields, which ends the data.</summary>
    public static ReadOnlySpan<byte> Trailer => [0xFF, 0xFF];
}
