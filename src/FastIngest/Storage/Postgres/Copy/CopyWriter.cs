using Npgsql;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>
/// Rows on their way into one table by COPY. They gather in a buffer; a COPY begins when the buffer is sent for the
/// first time and ends when the connection is needed for something else. A connection has one COPY at a time.
/// </summary>
internal sealed class CopyWriter(NpgsqlConnection connection, string table, string columns)
{
    /// <summary>Bytes that gather before they are sent.</summary>
    private const int BufferBytes = 256 << 10;

    private CopyStatement? _statement;
    private long _bufferedRows, _statementRows;

    /// <summary>Where rows are written; <see cref="CountRow"/> tells of each.</summary>
    public CopyBuffer Buffer { get; } = new(BufferBytes + (BufferBytes / 4));

    /// <summary>Whether the buffer should be sent before more is written.</summary>
    public bool IsFull => Buffer.Length >= BufferBytes;

    /// <summary>Whether a COPY is open.</summary>
    public bool IsOpen => _statement is not null;

    /// <summary>Rows of every COPY that ended, and their bytes.</summary>
    public List<(long Rows, long Bytes)> Chunks { get; } = [];

    public long Rows { get; private set; }

    public void CountRow()
    {
        _bufferedRows++;
        Rows++;
    }

    /// <summary>Sends the buffer; no other lane may be open.</summary>
    public ValueTask SendAsync(CancellationToken cancellationToken) => SendAsync(false, cancellationToken);

    /// <summary>Sends the buffer, whose last field is only announced, and the bytes of that field from where they lie.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> field, CancellationToken cancellationToken)
    {
        await SendAsync(true, cancellationToken).ConfigureAwait(false);
        await _statement!.WriteAsync(field, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what is left and waits until the server has taken all of it.</summary>
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
