using FastIngest.Stored;

namespace FastIngest.Reports;

/// <summary>One person of a database, in one line: the days and the means of measures.</summary>
public sealed class PersonLine
{
    private readonly double[] _means;

    private PersonLine(PersonData person)
    {
        (UserId, Name, Days) = (person.UserId, person.Profile?.Name, person.Days);
        (FirstDay, LastDay) = (DateOnly.FromDayNumber(person.FirstDay), DateOnly.FromDayNumber(person.LastDay));
        _means = new double[Measure.All.Count];
        for (int i = 0; i < _means.Length; i++)
        {
            _means[i] = person.Mean(i);
        }
    }

    public string UserId { get; }

    public string? Name { get; }

    public int Days { get; }

    public DateOnly FirstDay { get; }

    public DateOnly LastDay { get; }

    /// <summary>The mean of a measure over the days that have it; NaN if none has.</summary>
    public double Mean(string measure) => _means[Measure.IndexOf(measure)];

    /// <summary>Reads the people who have days in a range, ordered by the bytes of their ids.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="since">The first day included; null for no limit.</param>
    /// <param name="until">The last day included; null for no limit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<PersonLine> ReadAsync(
        ISummaryReader reader, DateOnly? since, DateOnly? until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReportOptions options = new() { Since = since, Until = until };
        await foreach (PersonData person in Overview.ReadPeopleAsync(reader, options, new PersonData(), population: null, cancellationToken).ConfigureAwait(false))
        {
            yield return new PersonLine(person);
        }
    }
}
