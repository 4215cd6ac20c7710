namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Checks that the keys of a table arrive in its order and only once: a row at a wrong place of a tree is never found.</summary>
/// <param name="table">The name of the table.</param>
internal sealed class KeyOrder(string table)
{
    private byte[] _user = [];
    private int _userBytes, _day = int.MinValue;

    /// <param name="user">The user's id in UTF-8.</param>
    /// <param name="day">Days since 0001-01-01; 0 for a table without days.</param>
    /// <exception cref="InvalidOperationException">The key does not come after the one before.</exception>
    public void Check(ReadOnlySpan<byte> user, int day = 0)
    {
        int order = user.SequenceCompareTo(_user.AsSpan(0, _userBytes));
        if (order < 0 || (order == 0 && day <= _day))
        {
            throw new InvalidOperationException($"The keys of {table} are out of order.");
        }

        if (order > 0)
        {
            if (_user.Length < user.Length)
            {
                _user = new byte[user.Length * 2];
            }

            user.CopyTo(_user);
            _userBytes = user.Length;
        }

        _day = day;
    }
}
