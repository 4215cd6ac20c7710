using System.Text;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Stored;
using FastIngest.Tests.Storage;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Stored;

/// <summary>Reading a database returns what was loaded into it, for both kinds of databases.</summary>
public sealed class SummaryReaderTests
{
    /// <summary>Ids that need quoting, long ids, and ids whose byte order differs from their UTF-16 order.</summary>
    private static readonly string[] OddUsers =
        ["\"", "'; DROP TABLE daily_summaries; --", "\\", "\\' OR true --", "a b", "a%_", "line\nfeed", "z\u00e4", "\uffee", "\U0001F600", new string('\u00fc', 1_200)];

    public static TheoryData<string, string, int> SetsAndPages
    {
        get
        {
            TheoryData<string, string, int> cases = [];
            foreach (string kind in ReaderSource.Kinds.Select(k => k.Data))
            {
                foreach (string set in TestData.HealthSets)
                {
                    foreach (int pageRows in (int[])[1, 2, 7, 512])
                    {
                        cases.Add(kind, set, pageRows);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(SetsAndPages))]
    public async Task A_sample_set_is_read_as_it_was_loaded_in_pages_of_any_size(string kind, string set, int pageRows)
    {
        using ReaderSource source = new(kind);
        Support.Run.Ingest(new IngestOptions { Paths = [TestData.Health(set)] }, source.Sink());
        string expected = File.ReadAllText(Path.Combine(TestData.Health(set), "expected.ndjson"));

        List<string> pages = await source.PagesAsync(new SummaryQuery { PageRows = pageRows });

        Same.Text(expected, string.Concat(pages), $"{kind}, {set}, pages of {pageRows}");
        Assert.All(pages.SkipLast(1), p => Assert.Equal(pageRows, p.Count(c => c == '\n')));
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task A_user_and_a_range_of_days_select_exactly_their_rows(string kind)
    {
        using ReaderSource source = new(kind);
        Support.Run.Ingest(new IngestOptions { Paths = [TestData.Health("quirks")] }, source.Sink());
        (string Line, string User, DateOnly Day)[] rows =
        [
            .. File.ReadLines(Path.Combine(TestData.Health("quirks"), "expected.ndjson")).Select(l => (l + "\n", JsonDocument.Parse(l).RootElement))
                .Select(r => (r.Item1, r.Item2.GetProperty("user_id").GetString()!, DateOnly.Parse(r.Item2.GetProperty("date").GetString()!, null))),
        ];
        DateOnly?[] days = [null, DateOnly.MinValue, DateOnly.MaxValue, .. rows.Select(r => (DateOnly?)r.Day).Distinct().SelectMany(d => (DateOnly?[])[d, d?.AddDays(1)])];

        foreach (string? user in rows.Select(r => r.User).Distinct().Append("nobody").Append(null))
        {
            foreach (DateOnly? since in days)
            {
                DateOnly? until = days[Math.Abs(HashCode.Combine(since?.DayNumber)) % days.Length] ?? since;
                SummaryQuery query = new() { UserId = user, Since = since, Until = until, PageRows = 2 };
                string expected = string.Concat(rows.Where(r => (user is null || r.User == user) && (since is null || r.Day >= since) && (until is null || r.Day <= until)).Select(r => r.Line));
                Same.Text(expected, string.Concat(await source.PagesAsync(query)), $"{query}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task Users_of_any_id_are_found_and_come_in_the_order_of_their_bytes(string kind)
    {
        using ReaderSource source = new(kind);
        SummaryBatch batch = new();
        string[] ordered = [.. OddUsers.OrderBy(u => Convert.ToHexString(Encoding.UTF8.GetBytes(u)), StringComparer.Ordinal)];
        foreach (string user in ordered)
        {
            batch.Row(user, "2024-02-28", 1, (Category.Sleep, "Slept.")).Row(user, "2024-02-29", 1, (Category.Sleep, "Slept."));
        }

        await source.LoadAsync(batch);

        foreach (int pageRows in (int[])[1, 3, 512])
        {
            Assert.Equal(ordered.SelectMany(u => (string[])[$"{u} 2024-02-28", $"{u} 2024-02-29"]), await source.KeysAsync(new SummaryQuery { PageRows = pageRows }));
            Assert.Equal(ordered, (await source.UsersAsync(pageRows)).Select(u => u.UserId));
        }

        foreach (string user in OddUsers)
        {
            Assert.Equal([$"{user} 2024-02-28", $"{user} 2024-02-29"], await source.KeysAsync(new SummaryQuery { UserId = user, PageRows = 1 }));
            Assert.Equal([$"{user} 2024-02-29"], await source.KeysAsync(new SummaryQuery { UserId = user, Since = new DateOnly(2024, 2, 29) }));
        }
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task An_id_with_a_NUL_finds_what_the_database_made_of_it(string kind)
    {
        using ReaderSource source = new(kind);
        await source.LoadAsync(new SummaryBatch().Row("a\0b", "2024-02-29", 1, (Category.Sleep, "Slept.")));

        string stored = kind == "postgres" ? "ab" : "a\0b";

        Assert.Equal([$"{stored} 2024-02-29"], await source.KeysAsync(new SummaryQuery { UserId = "a\0b" }));
        Assert.Equal([stored], (await source.UsersAsync(10)).Select(u => u.UserId));
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task The_first_and_the_last_day_there_is_are_read(string kind)
    {
        using ReaderSource source = new(kind);
        await source.LoadAsync(new SummaryBatch().Row("u", "0001-01-01", 1, (Category.Sleep, "Slept.")).Row("u", "9999-12-31", 1, (Category.Sleep, "Slept.")));

        foreach (string? user in (string?[])[null, "u"])
        {
            SummaryQuery query = new() { UserId = user, Since = DateOnly.MinValue, Until = DateOnly.MaxValue, PageRows = 1 };
            Assert.Equal(["u 0001-01-01", "u 9999-12-31"], await source.KeysAsync(query));
            Assert.Equal(["u 9999-12-31"], await source.KeysAsync(query with { Since = DateOnly.MaxValue }));
            Assert.Equal(["u 0001-01-01"], await source.KeysAsync(query with { Until = DateOnly.MinValue }));
        }
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task Text_only_leaves_all_but_key_and_text_out(string kind)
    {
        using ReaderSource source = new(kind);
        await source.LoadAsync(new SummaryBatch().Row("u", "2024-02-29", 3, (Category.Sleep, "Slept."), (Category.Measurements, "Weighed.")));

        string page = Assert.Single(await source.PagesAsync(new SummaryQuery { Content = SummaryContent.TextOnly }));

        JsonElement row = JsonDocument.Parse(page).RootElement;
        Assert.Equal(("u", "2024-02-29", "User u on 2024-02-29. Slept. Weighed."), (row.GetProperty("user_id").GetString(), row.GetProperty("date").GetString(), row.GetProperty("summary").GetString()));
        Assert.All(row.EnumerateObject().Where(p => p.Name is not ("user_id" or "date" or "summary")), p => Assert.Contains(p.Value.ToString(), (string[])["", "0"]));
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task Long_texts_end_a_page_by_its_bytes_and_none_is_lost(string kind)
    {
        using ReaderSource source = new(kind);
        int[] lengths = [3_000_000, 1, 1, 700_000, 700_000, 700_000, 1, 200_000, .. Enumerable.Repeat(300, 2_000)];
        SummaryBatch batch = new();
        foreach ((int length, int i) in lengths.Select((l, i) => (l, i)))
        {
            batch.Row("u", new DateOnly(2024, 1, 1).AddDays(i).ToString("O"), 1, (Category.Sleep, new string((char)('a' + (i % 26)), length)));
        }

        await source.LoadAsync(batch);
        SummaryQuery query = new() { Content = SummaryContent.TextOnly };

        List<string> pages = await source.PagesAsync(query);

        Assert.Equal(lengths.Select((l, i) => ((char)('a' + (i % 26)), l)), string.Concat(pages).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Sentence));
        Assert.Equal(1, pages[0].Count(c => c == '\n'));
        Assert.All(pages.Skip(1), p => Assert.InRange(p.Length, 1, (1 << 20) + 800_000));

        static (char, int) Sentence(string line)
        {
            string text = JsonDocument.Parse(line).RootElement.GetProperty("summary").GetString()!;
            string sentence = text[(text.LastIndexOf(' ') + 1)..];
            Assert.Equal(sentence, new string(sentence[0], sentence.Length));
            return (sentence[0], sentence.Length);
        }
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task The_list_of_users_has_names_and_days(string kind)
    {
        using ReaderSource source = new(kind);
        SummaryBatch batch = new SummaryBatch().User("a", "Ada O'Neil").User("c", null);
        batch.Row("a", "2024-01-01", 1, (Category.Sleep, "Slept.")).Row("a", "2024-03-01", 1, (Category.Sleep, "Slept.")).Row("b", "2023-05-05", 1, (Category.Sleep, "Slept."));
        await source.LoadAsync(batch);

        StoredUser[] expected =
        [
            new("a", "Ada O'Neil", 2, new DateOnly(2024, 1, 1), new DateOnly(2024, 3, 1)),
            new("b", null, 1, new DateOnly(2023, 5, 5), new DateOnly(2023, 5, 5)),
        ];

        Assert.Equal(expected, await source.UsersAsync(1));
        Assert.Equal(expected, await source.UsersAsync(2));
        Assert.Equal(expected, await source.UsersAsync(500));
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task A_database_without_rows_has_no_page(string kind)
    {
        using ReaderSource source = new(kind);
        await source.LoadAsync();

        Assert.Empty(await source.PagesAsync(new SummaryQuery()));
        Assert.Empty(await source.UsersAsync(10));
    }

    [Theory]
    [MemberData(nameof(ReaderSource.Kinds), MemberType = typeof(ReaderSource))]
    public async Task Two_enumerations_of_one_reader_may_alternate_and_see_a_load_between_pages(string kind)
    {
        using ReaderSource source = new(kind);
        await source.LoadAsync(new SummaryBatch().Row("a", "2024-01-01", 1, (Category.Sleep, "One.")).Row("c", "2024-01-01", 1, (Category.Sleep, "Three.")));
        await using ISummaryReader reader = source.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        SummaryQuery query = new() { PageRows = 1 };
        await using IAsyncEnumerator<SummaryBatch> first = reader.ReadAsync(query, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await using IAsyncEnumerator<SummaryBatch> second = reader.ReadAsync(query with { UserId = "c" }, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await first.MoveNextAsync() && await second.MoveNextAsync());
        await source.LoadAsync(new SummaryBatch().Row("b", "2024-01-01", 1, (Category.Sleep, "Two.")));

        List<string> users = [];
        while (await first.MoveNextAsync())
        {
            users.Add(Encoding.UTF8.GetString(first.Current.Text(first.Current.Rows[0].Texts[TextSlot.UserId])));
        }

        Assert.False(await second.MoveNextAsync());
        Assert.Equal(["b", "c"], users);
    }
}
