using FastIngest.Stored;

namespace FastIngest.Reports;

/// <summary>The data of a report for a server that delivers <see cref="ReportPage.Served"/>. The bytes have no content encoding; the page decodes them.</summary>
public static class ReportData
{
    /// <summary>Makes the overview of a database: people, quantiles, runs and rejects. It reads the whole database once.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="options">Selects people and days.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<byte[]> OverviewAsync(ISummaryReader reader, ReportOptions options, CancellationToken cancellationToken)
    {
        Overview overview = await Overview.ReadAsync(reader, options, maxBlockBytes: 0, cancellationToken).ConfigureAwait(false);
        return overview.ToBlock(overview.Shelf.ToList());
    }

    /// <summary>Makes the days of a person.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="userId">The id of the person.</param>
    /// <param name="since">The first day included; null for no limit.</param>
    /// <param name="until">The last day included; null for no limit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The data; null if the person has no days.</returns>
    public static async Task<byte[]?> PersonAsync(ISummaryReader reader, string userId, DateOnly? since, DateOnly? until, CancellationToken cancellationToken)
    {
        ReportOptions options = new() { Users = [userId], Since = since, Until = until };
        await foreach (PersonData person in Overview.ReadPeopleAsync(reader, options, new PersonData(), population: null, cancellationToken).ConfigureAwait(false))
        {
            return person.ToBlock();
        }

        return null;
    }
}
