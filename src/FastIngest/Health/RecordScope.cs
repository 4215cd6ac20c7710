using System.Diagnostics.CodeAnalysis;

namespace FastIngest.Health;

/// <summary>
/// Applies the selection and the pseudonyms of a run to records, between the dialect and <see cref="EventWriter"/>. Pseudonyms
/// are cached, because records of the same user follow one another. Each worker has its own instance.
/// </summary>
internal sealed class RecordScope
{
    private const int MaxCached = 4096;

    private readonly RecordSelection? _selection;
    private readonly PseudonymKey? _key;
    private readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _pseudonyms;
    private byte[] _lastUser = [], _lastPseudonym = [], _lastSource = [], _lastSourcePseudonym = [];

    private RecordScope(RecordSelection? selection, PseudonymKey? key)
    {
        _selection = selection;
        _key = key;
        _pseudonyms = new Dictionary<byte[], byte[]>(new ByteComparer()).GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Creates the scope of a worker; null when every record is taken as it is.</summary>
    public static RecordScope? Create(RecordSelection? selection, PseudonymKey? key) =>
        selection is null && key is null ? null : new RecordScope(selection, key);

    /// <summary>
    /// Returns whether a record is taken, and replaces its user id, the name of a profile and the source of a sample by pseudonyms: a
    /// device often has the name of its owner.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="category">Its category.</param>
    public bool TryEnter(scoped ref RecordView record, Category category)
    {
        if (_selection is not null && !_selection.Takes(record.UserId, record.Day))
        {
            return false;
        }

        if (_key is not null && !record.UserId.IsEmpty)
        {
            record.UserId = PseudonymOf(record.UserId);
            if (category == Category.Users && !record.Text0.IsEmpty)
            {
                record.Text0 = _key.OfName(record.Text0);
            }
            else if (category == Category.Samples && !record.Text1.IsEmpty)
            {
                record.Text1 = PseudonymOfSource(record.Text1);
            }
        }

        return true;
    }

    /// <summary>Returns the id under which a user appears in the output, in UTF-8.</summary>
    public byte[] IdOf(ReadOnlySpan<byte> userId) => _key is null ? userId.ToArray() : PseudonymOf(userId);

    private byte[] PseudonymOfSource(ReadOnlySpan<byte> source)
    {
        if (!source.SequenceEqual(_lastSource))
        {
            (_lastSource, _lastSourcePseudonym) = (source.ToArray(), _key!.OfName(source));
        }

        return _lastSourcePseudonym;
    }

    private byte[] PseudonymOf(ReadOnlySpan<byte> userId)
    {
        if (userId.SequenceEqual(_lastUser))
        {
            return _lastPseudonym;
        }

        if (!_pseudonyms.TryGetValue(userId, out byte[]? user, out byte[]? pseudonym))
        {
            if (_pseudonyms.Dictionary.Count >= MaxCached)
            {
                _pseudonyms.Dictionary.Clear();
            }

            user = userId.ToArray();
            pseudonym = _key!.OfUser(userId);
            _pseudonyms.Dictionary.Add(user, pseudonym);
        }

        (_lastUser, _lastPseudonym) = (user, pseudonym);
        return pseudonym;
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
