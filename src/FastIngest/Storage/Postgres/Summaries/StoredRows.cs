using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>
/// Reads the stored rows with the same keys as given rows, and the stored profiles of users whom this run has no profile of.
/// Both keys and rows are sent by COPY, which needs no object per row.
/// </summary>
internal sealed class StoredRows
{
    private readonly NpgsqlConnection _connection;
    private readonly string _displayName;
    private readonly bool _hasProfiles;
    private readonly string _selectRows;
    private readonly string _selectProfiles;
    private readonly CopyWriter _keys;
    private SummaryBatch _texts = new();
    private int _textBytes;
    private readonly MeasurementText _measurements = new();
    private int[] _rowOf = [];
    private int[] _profileOf = [];
    private byte[] _received = new byte[64 << 10];

    /// <param name="connection">A connection whose transaction has created the <see cref="TemporaryTable"/>.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="displayName">The target, for messages.</param>
    /// <param name="hasProfiles">Whether the table of profiles had rows when the run began.</param>
    public StoredRows(NpgsqlConnection connection, PostgresNames names, string displayName, bool hasProfiles)
    {
        _connection = connection;
        _displayName = displayName;
        _hasProfiles = hasProfiles;
        _keys = new CopyWriter(connection, "pg_temp.keys_of_batch", "n, user_id, date, starts_user");
        string columns = string.Join(", ", PostgresNames.SummaryColumns.Select(c => "d." + c));
        _selectRows = $"COPY (SELECT k.n, {columns} FROM pg_temp.keys_of_batch k JOIN {names.Summaries} d ON d.user_id = k.user_id AND d.date = k.date) TO STDOUT (FORMAT BINARY)";
        _selectProfiles =
            $"COPY (SELECT k.n, {ProfileTuples.Columns.Replace("user_id", "u.user_id", StringComparison.Ordinal)} FROM pg_temp.keys_of_batch k JOIN {names.Users} u ON u.user_id = k.user_id "
            + "WHERE k.starts_user AND NOT EXISTS (SELECT FROM pg_temp.users_of_run r WHERE r.user_id = k.user_id)) TO STDOUT (FORMAT BINARY)";
    }

    public static string TemporaryTable =>
        "CREATE TEMPORARY TABLE keys_of_batch (n integer NOT NULL, user_id text COLLATE \"C\" NOT NULL, date date NOT NULL, starts_user boolean NOT NULL) ON COMMIT DROP";

    /// <summary>The stored rows and profiles that were found, and their texts.</summary>
    public SummaryBatch Texts => _texts;

    /// <summary>Reads the stored rows and profiles for some rows of a batch. The results are valid until the next call.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="start">The 0-based index of the first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IngestException">A stored row cannot be merged, because another program changed it.</exception>
    public async ValueTask FetchAsync(SummaryBatch batch, int start, int count, CancellationToken cancellationToken)
    {
        if (_textBytes < batch.TextLength)
        {
            // This usually suffices for the stored rows of a batch. A smaller buffer would have to grow again for each batch.
            _textBytes = 2 * batch.TextLength;
            _texts = new SummaryBatch(count, _textBytes);
        }

        _texts.Reset();
        Prepare(ref _rowOf, count);
        Prepare(ref _profileOf, count);
        for (int n = 0; n < count; n++)
        {
            WriteKey(batch, start, n);
            if (_keys.IsFull)
            {
                await _keys.SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await _keys.EndAsync(cancellationToken).ConfigureAwait(false);
        int length = await ReceiveAsync(_selectRows, cancellationToken).ConfigureAwait(false);
        ReadRows(_received.AsSpan(0, length));
        if (_hasProfiles)
        {
            length = await ReceiveAsync(_selectProfiles, cancellationToken).ConfigureAwait(false);
            ReadProfiles(_received.AsSpan(0, length), batch, start, count);
        }

        // TRUNCATE is cheap, because the table was created in this transaction.
        await _connection.RunAsync("TRUNCATE pg_temp.keys_of_batch", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the index in <see cref="Texts"/> of the stored row for the n-th requested row; -1 without a stored row.</summary>
    public int RowOf(int n) => _rowOf[n];

    /// <summary>Returns the index in <see cref="Texts"/> of the stored profile for the n-th requested row; -1 if the row's own profile sentence is used.</summary>
    public int ProfileOf(int n) => _profileOf[n];

    private static void Prepare(ref int[] places, int count)
    {
        if (places.Length < count)
        {
            places = new int[count];
        }

        places.AsSpan(0, count).Fill(-1);
    }

    private static bool StartsUser(SummaryBatch batch, int start, int n) =>
        n == 0 || !UserOf(batch, start + n).SequenceEqual(UserOf(batch, start + n - 1));

    private static ReadOnlySpan<byte> UserOf(SummaryBatch batch, int row) => batch.Text(batch.Rows[row].Texts[TextSlot.UserId]);

    private void WriteKey(SummaryBatch batch, int start, int n)
    {
        CopyBuffer copy = _keys.Buffer;
        copy.BeginTuple(4);
        copy.Int4(n);
        copy.Text(UserOf(batch, start + n));
        copy.Date(batch.Rows[start + n].Day);
        copy.Bool(StartsUser(batch, start, n));
        _keys.CountRow();
    }

    private void ReadRows(ReadOnlySpan<byte> received)
    {
        CopyTupleReader tuples = new(received);
        while (tuples.Next())
        {
            int n = tuples.Int4();
            _rowOf[n] = _texts.RowCount;
            if (!SummaryTuples.TryRead(ref tuples, _texts, _measurements))
            {
                throw PostgresFault.Inconsistent(_displayName, _texts, _texts.Rows[^1]);
            }
        }
    }

    private void ReadProfiles(ReadOnlySpan<byte> received, SummaryBatch batch, int start, int count)
    {
        CopyTupleReader tuples = new(received);
        while (tuples.Next())
        {
            int n = tuples.Int4();
            _profileOf[n] = _texts.UserCount;
            _texts.AddUser(ProfileTuples.Read(ref tuples, _texts));
        }

        for (int n = 1; n < count; n++)
        {
            if (!StartsUser(batch, start, n))
            {
                _profileOf[n] = _profileOf[n - 1];
            }
        }
    }

    /// <summary>Receives a whole COPY result, which has at most as many rows as a batch; returns its length in bytes.</summary>
    private async ValueTask<int> ReceiveAsync(string command, CancellationToken cancellationToken)
    {
        NpgsqlRawCopyStream stream = await _connection.BeginRawBinaryCopyAsync(command, cancellationToken).ConfigureAwait(false);
        int length = 0;
        await using (stream.ConfigureAwait(false))
        {
            while (true)
            {
                if (length == _received.Length)
                {
                    Array.Resize(ref _received, length * 2);
                }

                int bytes = await stream.ReadAsync(_received.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (bytes == 0)
                {
                    break;
                }

                length += bytes;
            }
        }

        return length;
    }
}
