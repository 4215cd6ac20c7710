using System.Text;
using FastIngest.Stored;

namespace FastIngest.Reports;

/// <summary>Walks through the profiles beside the summaries, which have the same order, and finds the profile of each person.</summary>
/// <param name="pages">The profiles, ordered by the bytes of the users' ids.</param>
internal sealed class ProfileCursor(IAsyncEnumerator<IReadOnlyList<StoredProfile>> pages) : IAsyncDisposable
{
    private int _index = -1;
    private bool _isAtEnd;

    /// <summary>Returns the profile of a user; null if there is none. Users come in the order of their ids.</summary>
    public async ValueTask<StoredProfile?> FindAsync(byte[] userId)
    {
        while (!_isAtEnd)
        {
            if (_index < 0 || _index == pages.Current.Count)
            {
                _isAtEnd = !await pages.MoveNextAsync().ConfigureAwait(false);
                _index = 0;
                continue;
            }

            StoredProfile profile = pages.Current[_index];
            int order = Encoding.UTF8.GetBytes(profile.UserId).AsSpan().SequenceCompareTo(userId);
            if (order == 0)
            {
                return profile;
            }

            if (order > 0)
            {
                return null;
            }

            _index++;
        }

        return null;
    }

    public ValueTask DisposeAsync() => pages.DisposeAsync();
}
