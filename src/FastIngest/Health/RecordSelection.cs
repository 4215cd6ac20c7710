using System.Text;

namespace FastIngest.Health;

/// <summary>The users and days that a run takes. Records outside are counted and appear in no output.</summary>
public sealed class RecordSelection
{
    private readonly byte[][] _users;
    private readonly int _since, _until;

    /// <param name="users">The ids of the users; empty for all users.</param>
    /// <param name="since">The first day; null for no limit.</param>
    /// <param name="until">The last day; null for no limit.</param>
    public RecordSelection(IReadOnlyCollection<string> users, DateOnly? since, DateOnly? until)
    {
        _users = [.. users.Select(Encoding.UTF8.GetBytes)];
        _since = since?.DayNumber ?? int.MinValue;
        _until = until?.DayNumber ?? int.MaxValue;
    }

    /// <summary>The ids of the users; empty for all users.</summary>
    internal IEnumerable<string> UserIds => _users.Select(Encoding.UTF8.GetString);

    /// <summary>The first day; null for no limit.</summary>
    internal DateOnly? Since => _since == int.MinValue ? null : DateOnly.FromDayNumber(_since);

    /// <summary>The last day; null for no limit.</summary>
    internal DateOnly? Until => _until == int.MaxValue ? null : DateOnly.FromDayNumber(_until);

    /// <summary>
    /// Whether a record is taken. A record without a user is taken, so that it is rejected and not filtered; one without a valid
    /// day, such as a profile, is chosen by its user.
    /// </summary>
    /// <param name="userId">The user id in UTF-8; empty when the record has none.</param>
    /// <param name="day">Days since 0001-01-01, <see cref="RecordView.ProfileDay"/>, <see cref="RecordView.NoDay"/> or <see cref="RecordView.AmbiguousDay"/>.</param>
    public bool Takes(ReadOnlySpan<byte> userId, int day) => userId.IsEmpty || (TakesDay(day) && TakesUser(userId));

    private bool TakesDay(int day) => day is <= RecordView.AmbiguousDay or RecordView.ProfileDay || (day >= _since && day <= _until);

    private bool TakesUser(ReadOnlySpan<byte> userId)
    {
        if (_users.Length == 0)
        {
            return true;
        }

        foreach (byte[] user in _users)
        {
            if (userId.SequenceEqual(user))
            {
                return true;
            }
        }

        return false;
    }
}
