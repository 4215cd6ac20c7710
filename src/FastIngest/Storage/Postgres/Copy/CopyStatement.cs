using Npgsql;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>One COPY of rows into a table, in the binary format. While it is open, its connection can run no other statement.</summary>
internal sealed class CopyStatement
{
    /// <summary>
    /// The size of a message in bytes. Npgsql sends messages larger than its own buffer directly to the socket, which saves a
    /// copy. The server processes a message only when it has received all of it, so a message must not be too large.
    /// </summary>
    private const int MessageBytes = 64 << 10;

    /// <summary>
    /// After this many bytes a COPY should end and the next one begin. The client sees an error of the server only at the end of
    /// a COPY; until then all data is sent in vain.
    /// </summary>
    private const long MaxBytes = 64L << 20;

    private static readonly byte[] Header = CopyFormat.Header.ToArray();
    private static readonly byte[] Trailer = CopyFormat.Trailer.ToArray();

    private readonly NpgsqlRawCopyStream _stream;

    private CopyStatement(NpgsqlRawCopyStream stream) => _stream = stream;

    /// <summary>The number of bytes of rows so far.</summary>
    public long Bytes { get; private set; }

    public bool IsFull => Bytes >= MaxBytes;

    /// <summary>Begins a COPY.</summary>
    /// <param name="connection">A connection without a running statement.</param>
    /// <param name="table">The quoted name of the table.</param>
    /// <param name="columns">The columns in the order of a tuple.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<CopyStatement> BeginAsync(NpgsqlConnection connection, string table, string columns, CancellationToken cancellationToken)
    {
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Header, cancellationToken).ConfigureAwait(false);
        return new CopyStatement(stream);
    }

    /// <summary>Sends tuples, or a part of a tuple. The caller may reuse the memory afterwards.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken)
    {
        Bytes += rows.Length;
        for (; rows.Length > MessageBytes; rows = rows[MessageBytes..])
        {
            await _stream.WriteAsync(rows[..MessageBytes], cancellationToken).ConfigureAwait(false);
        }

        await _stream.WriteAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the COPY and waits until the server has processed it. Then the connection can run other statements.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Trailer, cancellationToken).ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
