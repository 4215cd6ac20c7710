using System.Text;
using FastIngest.Health;
using FastIngest.Stored;

namespace FastIngest.Reports;

/// <summary>The days of one person, in memory, in order.</summary>
public sealed class PersonDays
{
    private const int PageRows = 1_024;

    private readonly List<int> _days = [];
    private readonly List<double>[] _values = [.. Measure.All.Select(_ => new List<double>())];

    private PersonDays(string userId, StoredProfile? profile) => (UserId, Profile) = (userId, profile);

    public string UserId { get; }

    public StoredProfile? Profile { get; }

    /// <summary>The days, as <see cref="DateOnly.DayNumber"/>.</summary>
    public IReadOnlyList<int> Days => _days;

    /// <summary>The summary text of the last day; null if there is no day.</summary>
    public string? LastSummary { get; private set; }

    /// <summary>The values of a measure, one for each day; NaN where a day has none.</summary>
    public IReadOnlyList<double> this[string measure] => _values[Measure.IndexOf(measure)];

    /// <summary>Returns the last days of this person, by the calendar: days without data count, too.</summary>
    /// <param name="days">The number of days, at least 1.</param>
    public PersonDays Last(int days)
    {
        PersonDays last = new(UserId, Profile) { LastSummary = LastSummary };
        for (int i = 0; i < _days.Count; i++)
        {
            if (_days[i] > _days[^1] - days)
            {
                last._days.Add(_days[i]);
                for (int m = 0; m < _values.Length; m++)
                {
                    last._values[m].Add(_values[m][i]);
                }
            }
        }

        return last;
    }

    /// <summary>Reads the days of a person.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="userId">The id of the person.</param>
    /// <param name="since">The first day included; null for no limit.</param>
    /// <param name="until">The last day included; null for no limit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<PersonDays> ReadAsync(ISummaryReader reader, string userId, DateOnly? since, DateOnly? until, CancellationToken cancellationToken)
    {
        StoredProfile? profile = null;
        await foreach (IReadOnlyList<StoredProfile> page in reader.ReadProfilesAsync(userId, 1, cancellationToken).ConfigureAwait(false))
        {
            profile = page[0];
        }

        PersonDays person = new(userId, profile);
        double[] values = new double[Measure.All.Count];
        SummaryQuery query = new() { UserId = userId, Since = since, Until = until, PageRows = PageRows };
        await foreach (SummaryBatch page in reader.ReadAsync(query, cancellationToken).ConfigureAwait(false))
        {
            for (int i = 0; i < page.RowCount; i++)
            {
                Measure.Read(page, page.Rows[i], values);
                person._days.Add(page.Rows[i].Day);
                for (int m = 0; m < values.Length; m++)
                {
                    person._values[m].Add(values[m]);
                }
            }

            person.LastSummary = Encoding.UTF8.GetString(page.Text(page.Rows[^1].Texts[TextSlot.Summary]));
        }

        return person;
    }
}
