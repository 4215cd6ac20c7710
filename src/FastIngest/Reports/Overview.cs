using System.Text.Json;
using FastIngest.Health;
using FastIngest.Stored;

namespace FastIngest.Reports;

/// <summary>
/// What a report shows of a database: all people, the days of those with a page, the runs and the rejects. It is read in one pass,
/// person after person, in bounded memory.
/// </summary>
internal sealed class Overview
{
    private const int PageRows = 4_096, ProfilePageRows = 512, MaxRuns = 200;

    private readonly ReportOptions _options;
    private readonly string _source;
    private readonly PeopleShelf _people;
    private readonly Population _population = new();
    private readonly PersonData _person = new();
    private IReadOnlyList<StoredRun> _runs = [];
    private RejectCount[]? _rejects;

    private Overview(ReportOptions options, string source, long maxBlockBytes) =>
        (_options, _source, _people) = (options, source, new PeopleShelf(maxBlockBytes));

    public long People => _people.People;

    public long Days { get; private set; }

    public PeopleShelf Shelf => _people;

    /// <summary>Reads a database.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="options">Selects what is read.</param>
    /// <param name="maxBlockBytes">The bytes that the days of people may take in the file; 0 if no person has a page.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Overview> ReadAsync(ISummaryReader reader, ReportOptions options, long maxBlockBytes, CancellationToken cancellationToken)
    {
        Overview overview = new(options, reader.DisplayName, maxBlockBytes)
        {
            _rejects = options.RejectsPath is { } path ? await RejectCounts.ReadAsync(path, cancellationToken).ConfigureAwait(false) : null,
        };
        await foreach (PersonData person in ReadPeopleAsync(reader, options, overview._person, overview._population, cancellationToken).ConfigureAwait(false))
        {
            overview.Days += person.Days;
            overview._people.Add(person);
        }

        overview._runs = await reader.ReadRunsAsync(MaxRuns, cancellationToken).ConfigureAwait(false);
        return overview;
    }

    /// <summary>Reads people one after another, ordered by their ids.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="options">Selects people and days.</param>
    /// <param name="person">Holds one person after the other; it is what the enumeration returns.</param>
    /// <param name="population">Receives every day; null for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<PersonData> ReadPeopleAsync(
        ISummaryReader reader, ReportOptions options, PersonData person, Population? population,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        double[] values = new double[Measure.All.Count];
        string?[] users = options.Users.Count == 0 ? [null] : [.. options.Users.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (string? user in users)
        {
            SummaryQuery query = new() { UserId = user, Since = options.Since, Until = options.Until, Content = SummaryContent.Measures, PageRows = PageRows };
            ProfileCursor profiles = new(reader.ReadProfilesAsync(user, ProfilePageRows, cancellationToken).GetAsyncEnumerator(cancellationToken));
            await using (profiles.ConfigureAwait(false))
            {
                byte[] current = [];
                bool hasPerson = false;
                await foreach (SummaryBatch page in reader.ReadAsync(query, cancellationToken).ConfigureAwait(false))
                {
                    for (int i = 0; i < page.RowCount; i++)
                    {
                        if (!hasPerson || !page.Text(page.Rows[i].Texts[TextSlot.UserId]).SequenceEqual(current))
                        {
                            if (hasPerson)
                            {
                                yield return person;
                            }

                            current = page.Text(page.Rows[i].Texts[TextSlot.UserId]).ToArray();
                            person.Begin(System.Text.Encoding.UTF8.GetString(current), await profiles.FindAsync(current).ConfigureAwait(false));
                            hasPerson = true;
                        }

                        Measure.Read(page, page.Rows[i], values);
                        person.Add(page.Rows[i].Day, values);
                        population?.Add(page.Rows[i].Day, values);
                    }
                }

                if (hasPerson)
                {
                    yield return person;
                }
            }
        }
    }

    /// <summary>Makes the block of the overview. The people with a page are numbered in the order of the list.</summary>
    public byte[] ToBlock(IReadOnlyList<PersonEntry> listed) => DataBlock.Make(
        json =>
        {
            json.WriteString("source", _source);
            json.WriteString("made", _options.Made.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
            WriteDay(json, "since", _options.Since);
            WriteDay(json, "until", _options.Until);
            json.WriteBoolean("all", _options.Users.Count == 0);
            json.WriteNumber("people", People);
            json.WriteNumber("days", Days);
            json.WriteNumber("bucket_days", _population.BucketDays);
            json.WriteBoolean("coverage_complete", _population.IsCoverageComplete);
            json.WriteStartArray("listed");
            foreach (PersonEntry person in listed)
            {
                person.Write(json);
            }

            json.WriteEndArray();
            json.WriteStartArray("pages");
            for (int i = 0; i < listed.Count; i++)
            {
                if (listed[i].Block is not null)
                {
                    json.WriteNumberValue(i);
                }
            }

            json.WriteEndArray();
            WriteRuns(json);
            WriteRejects(json);
        },
        _population.ToColumns());

    private static void WriteDay(Utf8JsonWriter json, string name, DateOnly? day)
    {
        if (day is { } given)
        {
            json.WriteNumber(name, given.DayNumber);
        }
    }

    private void WriteRuns(Utf8JsonWriter json)
    {
        json.WriteStartArray("runs");
        foreach (StoredRun run in _runs)
        {
            json.WriteStartObject();
            json.WriteString("id", run.RunId);
            json.WriteString("started", run.Started);
            if (run.Finished is { } finished)
            {
                json.WriteNumber("seconds", Math.Round((finished - run.Started).TotalSeconds, 3));
            }

            json.WriteNumber("files", run.Files);
            json.WriteNumber("bytes", run.Bytes);
            json.WriteNumber("records", run.Records);
            json.WriteNumber("rejected", run.Rejected);
            json.WriteNumber("rows", run.Rows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteRejects(Utf8JsonWriter json)
    {
        if (_rejects is null)
        {
            return;
        }

        json.WriteStartArray("rejects");
        foreach (RejectCount reject in _rejects)
        {
            json.WriteStartArray();
            json.WriteStringValue(reject.Category);
            json.WriteStringValue(reject.Reason);
            json.WriteNumberValue(reject.Count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
