using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>
/// Reads the raw entries of a source in the order of their ids, each with its entry, in pages. While one page is used, the next
/// one is read. Each page is a transaction of its own, so that changes can be written between two pages on the same connection.
/// </summary>
internal sealed class StoredRecords : IStoredRecords
{
    private readonly Func<StoredPage, Task> _read;
    private StoredPage _page = new(), _next = new();
    private Task _reading;
    private bool _isLast;
    private int _row = -1;
    private Range _record;
    private Range? _entry;

    /// <param name="position">The id after which reading begins.</param>
    /// <param name="read">Adds the records after <see cref="StoredPage.After"/> to a page.</param>
    public StoredRecords(long position, Func<StoredPage, Task> read)
    {
        _read = read;
        _next.Begin(position);
        _reading = _read(_next);
    }

    /// <summary>The id of the raw entry.</summary>
    public long Id { get; private set; }

    public ReadOnlySpan<byte> Record => _page[_row][_record];

    public ReadOnlySpan<byte> Entry => _entry is { } entry ? _page[_row][entry] : default;

    /// <summary>Moves to the next record; false at the end.</summary>
    /// <exception cref="IngestException">The connection broke.</exception>
    public bool MoveNext()
    {
        if (++_row >= _page.Count)
        {
            if (_isLast)
            {
                return false;
            }

            TurnPage();
            if (_page.Count == 0)
            {
                return false;
            }
        }

        ReadOnlySpan<byte> bytes = _page[_row];
        CopyTupleReader fields = CopyTupleReader.OfTuple(bytes);
        Id = fields.Int8();
        fields.TryField(out ReadOnlySpan<byte> raw);
        int rest = bytes.Length - fields.Rest.Length;
        _record = (rest - raw.Length)..rest;
        _entry = fields.TryField(out _) ? rest..bytes.Length : null;
        return true;
    }

    /// <summary>Waits for the end of the page that is being read, because its connection can run no other statement until then.</summary>
    public void Dispose() => _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();

    private void TurnPage()
    {
        _reading.GetAwaiter().GetResult();
        (_page, _next) = (_next, _page);
        _row = 0;
        _isLast = _page.IsLast;
        if (!_isLast)
        {
            _next.BeginAfter(_page);
            _reading = Task.Run(() => _read(_next));
        }
    }
}
