using System.Runtime.CompilerServices;

namespace FastIngest.Stored;

/// <summary>A backend's reading of one query, page by page.</summary>
internal interface IPages<in TPage> : IDisposable
{
    /// <summary>Replaces what is in the page by the next rows; false at the end.</summary>
    ValueTask<bool> ReadAsync(TPage page, CancellationToken cancellationToken);
}

/// <summary>Turns the reading of single pages into an enumeration.</summary>
internal static class Pages
{
    /// <param name="open">Begins the reading, once the enumeration begins.</param>
    /// <param name="page">The buffer of every page.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<TPage> EnumerateAsync<TPage>(
        Func<IPages<TPage>> open, TPage page, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IPages<TPage> pages = open();
        while (await pages.ReadAsync(page, cancellationToken).ConfigureAwait(false))
        {
            yield return page;
        }
    }
}
