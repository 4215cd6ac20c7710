using System.Text.Json;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Reports;
using FastIngest.Stored;
using FastIngest.Tests.Storage;
using FastIngest.Tests.Stored;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Reports;

/// <summary>The data of a report are those of the database, for both kinds of databases.</summary>
public sealed class ReportDataTests
{
    public static TheoryData<string, string> Sets
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string kind in ReaderSource.Kinds.Select(k => k.Data))
            {
                foreach (string set in TestData.HealthSets)
                {
                    cases.Add(kind, set);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Every_day_of_every_person_has_the_values_of_its_row(string kind, string set)
    {
        using ReaderSource source = new(kind);
        Support.Run.Ingest(new IngestOptions { Paths = [TestData.Health(set)] }, source.Sink());
        JsonElement[] rows = [.. File.ReadLines(Path.Combine(TestData.Health(set), "expected.ndjson")).Select(l => JsonDocument.Parse(l).RootElement)];
        await using ISummaryReader reader = source.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);

        BlockReader overview = BlockReader.Read(await ReportData.OverviewAsync(reader, new ReportOptions(), TestContext.Current.CancellationToken));

        JsonElement[] listed = [.. overview.Header.GetProperty("listed").EnumerateArray()];
        Assert.Equal(rows.Select(r => r.GetProperty("user_id").GetString()).Distinct(), listed.Select(p => p[0].GetString()));
        Assert.Equal(rows.Length, overview.Header.GetProperty("days").GetInt64());
        Assert.Equal(rows.Length, overview.Columns["coverage_people"].Sum());
        foreach (IGrouping<string, JsonElement> person in rows.GroupBy(r => r.GetProperty("user_id").GetString()!))
        {
            byte[]? block = await ReportData.PersonAsync(reader, person.Key, null, null, TestContext.Current.CancellationToken);
            BlockReader data = BlockReader.Read(block!);
            JsonElement[] days = [.. person];
            Assert.Equal(person.Key, data.Header.GetProperty("id").GetString());
            Assert.Equal(days.Select(d => (double?)DateOnly.Parse(d.GetProperty("date").GetString()!, null).DayNumber), data.Columns["day"]);
            foreach (Measure measure in Measure.All)
            {
                double?[] expected = [.. days.Select(d => Rounded(ValueOf(d, measure), measure.Decimals))];
                Assert.True(expected.SequenceEqual(data.Columns[measure.Name]), $"{person.Key}, {measure.Name}: {string.Join(' ', expected)} is not {string.Join(' ', data.Columns[measure.Name])}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task Profiles_and_runs_are_read(string kind)
    {
        using ReaderSource source = new(kind);
        SummaryBatch batch = new SummaryBatch().User("a", "Ada", 36, "Female").User("b", null).User("no days", "Nobody");
        batch.Row("a", "2024-01-01", 1, (Category.Sleep, "Slept.")).Row("b", "2024-01-01", 1, (Category.Sleep, "Slept.")).Row("c", "2024-01-01", 1, (Category.Sleep, "Slept."));
        await source.LoadAsync(batch);
        await using ISummaryReader reader = source.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);

        foreach (int pageRows in (int[])[1, 2, 100])
        {
            List<StoredProfile> profiles = [];
            await foreach (IReadOnlyList<StoredProfile> page in reader.ReadProfilesAsync(null, pageRows, TestContext.Current.CancellationToken))
            {
                Assert.InRange(page.Count, 1, pageRows);
                profiles.AddRange(page);
            }

            Assert.Equal(
                [new StoredProfile("a", "Ada", "Female", null, 36, double.NaN, double.NaN), new StoredProfile("b", null, null, null, double.NaN, double.NaN, double.NaN), new StoredProfile("no days", "Nobody", null, null, double.NaN, double.NaN, double.NaN)],
                profiles);
        }

        await foreach (IReadOnlyList<StoredProfile> page in reader.ReadProfilesAsync("b", 10, TestContext.Current.CancellationToken))
        {
            Assert.Equal("b", Assert.Single(page).UserId);
        }

        IReadOnlyList<StoredRun> runs = await reader.ReadRunsAsync(10, TestContext.Current.CancellationToken);
        StoredRun run = Assert.Single(runs);
        Assert.Equal((Rows.Figures.Records, Rows.Figures.Aggregated, Rows.Figures.Rejected), (run.Records, run.Aggregated, run.Rejected));
        Assert.Equal(new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc), run.Started);
        Assert.Equal(DateTimeKind.Utc, run.Started.Kind);
        Assert.InRange((DateTime.UtcNow - run.Finished!.Value).TotalMinutes, -1, 10);

        BlockReader overview = BlockReader.Read(await ReportData.OverviewAsync(reader, new ReportOptions(), TestContext.Current.CancellationToken));
        Assert.Equal(["Ada", null, null], overview.Header.GetProperty("listed").EnumerateArray().Select(p => p[1].GetString()));
        Assert.Equal(Rows.Figures.Records, overview.Header.GetProperty("runs")[0].GetProperty("records").GetInt64());
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task Users_and_days_select_what_is_read_and_nobody_has_no_data(string kind)
    {
        using ReaderSource source = new(kind);
        await source.LoadAsync(new SummaryBatch()
            .Row("a", "2024-01-01", 1, (Category.Sleep, "One.")).Row("a", "2024-01-02", 1, (Category.Sleep, "Two."))
            .Row("b", "2024-01-02", 1, (Category.Sleep, "Three.")).Row("c\0d", "2024-01-09", 1, (Category.Sleep, "Four.")));
        await using ISummaryReader reader = source.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        DateOnly second = new(2024, 1, 2);

        BlockReader some = BlockReader.Read(await ReportData.OverviewAsync(reader, new ReportOptions { Users = ["b", "a", "a"], Since = second }, TestContext.Current.CancellationToken));
        BlockReader none = BlockReader.Read(await ReportData.OverviewAsync(reader, new ReportOptions { Until = new DateOnly(2000, 1, 1) }, TestContext.Current.CancellationToken));

        Assert.Equal(["a", "b"], some.Header.GetProperty("listed").EnumerateArray().Select(p => p[0].GetString()));
        Assert.Equal((2, 2, second.DayNumber), (some.Header.GetProperty("people").GetInt32(), some.Header.GetProperty("days").GetInt32(), some.Columns["coverage_day"].Single()));
        Assert.Equal((0, 0, 0), (none.Header.GetProperty("people").GetInt32(), none.Columns["coverage_day"].Length, none.Header.GetProperty("listed").GetArrayLength()));
        Assert.Null(await ReportData.PersonAsync(reader, "nobody", null, null, TestContext.Current.CancellationToken));
        Assert.Null(await ReportData.PersonAsync(reader, "b", null, new DateOnly(2024, 1, 1), TestContext.Current.CancellationToken));
        Assert.NotNull(await ReportData.PersonAsync(reader, "c\0d", null, null, TestContext.Current.CancellationToken));
    }

    /// <summary>The value of a measure in a row as <c>ndjson:</c> writes it.</summary>
    private static double? ValueOf(JsonElement row, Measure measure)
    {
        if (measure.Name != "weight")
        {
            JsonElement value = row.GetProperty(measure.Name);
            double? number = value.ValueKind == JsonValueKind.Null ? null : value.GetDouble();
            return measure.IsCount && number == 0 ? null : number;
        }

        return row.GetProperty("measurements") is { ValueKind: JsonValueKind.Object } measured && measured.TryGetProperty("weight", out JsonElement weight) ? weight.GetDouble()
            : row.TryGetProperty("metrics", out JsonElement metrics) && metrics.TryGetProperty("weight", out JsonElement samples) ? samples.GetProperty("mean").GetDouble()
            : null;
    }

    private static double? Rounded(double? value, int decimals) => value is not { } number || Math.Abs(number * Math.Pow(10, decimals)) > Math.Pow(2, 51) ? null
        : (double)((decimal)Math.Round(number * Math.Pow(10, decimals)) / (decimal)Math.Pow(10, decimals));
}
