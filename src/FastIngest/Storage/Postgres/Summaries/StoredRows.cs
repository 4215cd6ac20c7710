using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>
/// What the database holds for the keys of some rows: the stored rows, and the profiles of users that the run itself
/// has none of. Keys go up and rows come down by COPY, so that no row makes an object on the way.
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

    /// <param name="connection">In a transaction that has <see cref="TemporaryTable"/>.</param>
    /// <param name="names">The tables.</param>
    /// <param name="displayName">The target, for messages.</param>
    /// <param name="hasProfiles">Whether the table of profiles had any when the run began.</param>
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

    /// <summary>Holds the texts of the rows and profiles found.</summary>
    public SummaryBatch Texts => _texts;

    /// <summary>Asks for rows of a batch; the answers stay until the next call.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="start">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IngestException">A stored row was changed by another program so that it cannot be merged.</exception>
    public async ValueTask FetchAsync(SummaryBatch batch, int start, int count, CancellationToken cancellationToken)
    {
        if (_textBytes < batch.TextLength)
        {
            // As large as what is stored of a batch is, as a rule: a smaller one would be given back and grow anew each time.
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

        // The table was made in this transaction, so it is emptied in place.
        await _connection.RunAsync("TRUNCATE pg_temp.keys_of_batch", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The place in <see cref="Texts"/> of what is stored for the n-th row asked for; -1 for nothing.</summary>
    public int RowOf(int n) => _rowOf[n];

    /// <summary>The place in <see cref="Texts"/> of the stored profile that opens the n-th row; -1 where the run's own text does.</summary>
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

    /// <summary>Takes all that a COPY sends, no more than a batch has rows, and returns how many bytes that is.</summary>
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
