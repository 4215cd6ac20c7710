using System.Runtime.CompilerServices;

namespace FastIngest.Stored;

/// <summary>Reads the pages of one query from one kind of database.</summary>
internal interface IPages<in TPage> : IDisposable
{
    /// <summary>Replaces the content of the page by the next rows; false at the end.</summary>
    ValueTask<bool> ReadAsync(TPage page, CancellationToken cancellationToken);
}

/// <summary>Turns page reads into an enumeration.</summary>
internal static class Pages
{
    /// <param name="open">Starts the query; called when the enumeration begins.</param>
    /// <param name="page">The buffer that holds every page.</param>
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
