using FastIngest.Health;
using FastIngest.Storage.Sqlite.Trees;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Makes the bytes of rows of <c>users</c>.</summary>
/// <param name="displayPath">The database as the user named it.</param>
internal sealed class UserRecord(string displayPath)
{
    private const int Columns = 7;

    private readonly RecordWriter _record = new(Columns, displayPath);

    /// <summary>Returns the bytes of a row, valid until the next call.</summary>
    public ReadOnlySpan<byte> Make(SummaryBatch batch, in UserProfile user)
    {
        _record.AddText(batch, user.UserId);
        _record.AddText(batch, user.Name);
        _record.Add(SqliteUsers.Real(user.Age));
        _record.AddText(batch, user.Gender);
        _record.Add(SqliteUsers.Real(user.Height));
        _record.Add(SqliteUsers.Real(user.Weight));
        _record.AddText(batch, user.FitnessLevel);
        return _record.Finish();
    }
}
