using Npgsql;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>One COPY of rows into a table, in the binary format. While it is open its connection does nothing else.</summary>
internal sealed class CopyStatement
{
    /// <summary>
    /// Npgsql passes messages larger than its own buffer straight to the socket, so that rows are copied once on their way;
    /// the server begins with a message when it has all of it, so that they must not be large.
    /// </summary>
    private const int MessageBytes = 64 << 10;

    /// <summary>
    /// Bytes after which a COPY should end and the next one begin: only at its end does the server tell what went wrong,
    /// and until then it swallows all that is sent.
    /// </summary>
    private const long MaxBytes = 64L << 20;

    private static readonly byte[] Header = CopyFormat.Header.ToArray();
    private static readonly byte[] Trailer = CopyFormat.Trailer.ToArray();

    private readonly NpgsqlRawCopyStream _stream;

    private CopyStatement(NpgsqlRawCopyStream stream) => _stream = stream;

    /// <summary>Bytes of rows so far.</summary>
    public long Bytes { get; private set; }

    public bool IsFull => Bytes >= MaxBytes;

    /// <param name="connection">The connection, free.</param>
    /// <param name="table">The table's name, quoted.</param>
    /// <param name="columns">Its columns in the order of the tuples.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<CopyStatement> BeginAsync(NpgsqlConnection connection, string table, string columns, CancellationToken cancellationToken)
    {
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Header, cancellationToken).ConfigureAwait(false);
        return new CopyStatement(stream);
    }

    /// <summary>Sends tuples, or a part of one; when it returns, the bytes are no longer needed.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken)
    {
        Bytes += rows.Length;
        for (; rows.Length > MessageBytes; rows = rows[MessageBytes..])
        {
            await _stream.WriteAsync(rows[..MessageBytes], cancellationToken).ConfigureAwait(false);
        }

        await _stream.WriteAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until the server has taken all of it; the connection is free then.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Trailer, cancellationToken).ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
