using Npgsql;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>
/// Writes rows to one table by COPY. Rows are collected in a buffer. A COPY begins when the buffer is sent for the first time,
/// and ends when the connection is needed for another statement. A connection can run only one COPY at a time.
/// </summary>
internal sealed class CopyWriter(NpgsqlConnection connection, string table, string columns)
{
    /// <summary>The buffer is sent when it has this many bytes.</summary>
    private const int BufferBytes = 256 << 10;

    private CopyStatement? _statement;
    private long _bufferedRows, _statementRows;

    /// <summary>The buffer for rows. The caller calls <see cref="CountRow"/> after each row.</summary>
    public CopyBuffer Buffer { get; } = new(BufferBytes + (BufferBytes / 4));

    /// <summary>Whether the buffer should be sent before the next row.</summary>
    public bool IsFull => Buffer.Length >= BufferBytes;

    /// <summary>Whether a COPY is open.</summary>
    public bool IsOpen => _statement is not null;

    /// <summary>The number of rows and bytes of each finished COPY.</summary>
    public List<(long Rows, long Bytes)> Chunks { get; } = [];

    public long Rows { get; private set; }

    public void CountRow()
    {
        _bufferedRows++;
        Rows++;
    }

    /// <summary>Sends the buffer. No other writer of the connection may have an open COPY.</summary>
    public ValueTask SendAsync(CancellationToken cancellationToken) => SendAsync(false, cancellationToken);

    /// <summary>Sends the buffer, which ends with the length of a field, and then the bytes of that field without copying them to the buffer.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> field, CancellationToken cancellationToken)
    {
        await SendAsync(true, cancellationToken).ConfigureAwait(false);
        await _statement!.WriteAsync(field, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the remaining rows, ends the COPY and waits until the server has processed it.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_bufferedRows > 0)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_statement is { } statement)
        {
            _statement = null;
            await statement.EndAsync(cancellationToken).ConfigureAwait(false);
            Chunks.Add((_statementRows, statement.Bytes));
            _statementRows = 0;
        }
    }

    private async ValueTask SendAsync(bool isAnnounced, CancellationToken cancellationToken)
    {
        _statement ??= await CopyStatement.BeginAsync(connection, table, columns, cancellationToken).ConfigureAwait(false);
        await _statement.WriteAsync(Buffer.Written, cancellationToken).ConfigureAwait(false);
        _statementRows += _bufferedRows;
        _bufferedRows = 0;
        Buffer.Clear();
        if (_statement.IsFull && !isAnnounced)
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
