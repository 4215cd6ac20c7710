using System.Globalization;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>A report in a real browser: what is drawn is what the database has, and nothing leaves the page.</summary>
public sealed class ReportBrowserTests
{
    private const string Hostile = "</script><img src=x onerror=alert(1)><script>alert(2)//\"'&<!--";

    /// <summary>The number of distinct colours in a canvas; a blank one has one or none.</summary>
    private const string Colors = """
        canvas => {
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
            for (let i = 0; i < data.length; i += 4) if (data[i + 3]) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            return seen.size;
        }
        """;

    [Fact]
    public void The_pages_show_the_rows_of_the_database_and_request_nothing()
    {
        using Browser browser = Browser.Start();
        using Workplace place = Workplace.Empty();
        Load(place, Repository.Set("default"));
        using Database database = Database.Open(place["health.db"]);
        browser.SetSize(1200, 900);

        browser.Open(place["report.html"]);

        Assert.Equal(["People4", "Days4812 a person", "Records read9501 run", "Records rejected00.00 %"], browser.Texts(".tile"));
        Assert.Equal(365, browser.Count(".calendar rect"));
        Assert.Equal(12, browser.Count(".calendar rect.l5"));
        Assert.Equal(database.Query("SELECT user_id FROM daily_summaries GROUP BY 1 ORDER BY 1").Select(r => (string)r[0]!), browser.Texts("td a, th a"));
        AssertDrawn(browser, 1);

        foreach (object?[] user in database.Query("SELECT user_id, name FROM users ORDER BY 1"))
        {
            browser.Open(place["report.html"], "#person=" + Uri.EscapeDataString((string)user[0]!));
            Assert.Equal((string)user[1]!, browser.Texts("h1").Single());
            AssertDrawn(browser, 5);
            List<object?[]> rows = database.Query(
                "SELECT date, activity_steps, activity_km, activity_kcal, sleep_hours, deep_sleep_hours, rem_sleep_hours, hr_min, hr_mean, hr_max, resting_hr, meal_kcal, protein_g, carbs_g, fat_g, json_extract(measurements, '$.weight') "
                + $"FROM daily_summaries WHERE user_id = '{user[0]}' ORDER BY date DESC");
            AssertTable(browser, "Steps", rows, (1, "Steps", 0), (2, "km", 2), (3, "kcal", 0));
            AssertTable(browser, "Sleep", rows, (4, "Sleep, h", 2), (5, "Deep, h", 2), (6, "REM, h", 2));
            AssertTable(browser, "Heart rate", rows, (7, "Lowest", 0), (8, "Mean", 1), (9, "Highest", 0), (10, "Resting", 0));
            AssertTable(browser, "Meals", rows, (11, "kcal", 0), (12, "Protein, g", 1), (13, "Carbs, g", 1), (14, "Fat, g", 1));
            AssertTable(browser, "Weight", rows, (15, "Weight, kg", 1));
        }

        Assert.Empty(browser.Errors);
    }

    [Fact]
    public void Hostile_ids_and_names_are_texts()
    {
        using Browser browser = Browser.Start();
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        File.WriteAllText(place["data/users.json"], JsonSerializer.Serialize(new[] { new { user_id = Hostile, name = Hostile, gender = Hostile, fitness_level = Hostile }, new { user_id = "b", name = new string('W', 5_000), gender = "", fitness_level = "" } }));
        File.WriteAllText(place["data/sleep.json"], JsonSerializer.Serialize(new[] { new { user_id = Hostile, date = "2024-01-01", total_sleep = 7.5 }, new { user_id = "b", date = "2024-01-02", total_sleep = 6.5 } }));
        Load(place, place["data"]);
        browser.SetSize(380, 800);

        foreach (string fragment in (string[])["", "#person=" + Uri.EscapeDataString(Hostile), "#person=b", "#person=" + Uri.EscapeDataString("nobody " + Hostile), "#person=%", "#" + Hostile])
        {
            browser.Open(place["report.html"], fragment);
            Assert.Equal(0, browser.Count("img, iframe, main script"));
            AssertFits(browser);
        }

        browser.Open(place["report.html"], "#person=" + Uri.EscapeDataString(Hostile));
        Assert.Equal([Hostile], browser.Texts("h1"));
        browser.Open(place["report.html"]);
        Assert.Contains(Hostile, browser.Texts("td"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public void Every_width_and_theme_has_charts_and_no_sideways_scroll()
    {
        using Browser browser = Browser.Start();
        using Workplace place = Workplace.Empty();
        Outcome made = HealthIngestionProcess.Run(place.Directory, "generate", "data", "--users", "3", "--days", "60", "--quirks", "0.05", "--quiet");
        Assert.True(made.ExitCode == 0, made.Error);
        Load(place, "data");
        List<byte[]> pictures = [];
        foreach (string theme in (string[])["light", "dark"])
        {
            browser.SetTheme(theme);
            foreach (int width in (int[])[320, 380, 768, 1200])
            {
                browser.SetSize(width, 800);
                foreach (string fragment in (string[])["", "#person=user_000001"])
                {
                    browser.Open(place["report.html"], fragment);
                    AssertFits(browser);
                    AssertDrawn(browser, fragment.Length == 0 ? 1 : 5);
                }

                pictures.Add(browser.Screenshot());
            }
        }

        Assert.Equal(8, pictures.Select(Convert.ToBase64String).Distinct().Count());
        browser.Open(place["report.html"]);
        Assert.Contains("Rejects by reason", browser.Texts("h2"));
        Assert.Equal("dark", browser.Evaluate("document.documentElement.dataset.theme").GetString());
        browser.Evaluate("document.getElementById('theme').click()");
        browser.Settle();
        Assert.Equal("light", browser.Evaluate("document.documentElement.dataset.theme").GetString());
        AssertDrawn(browser, 1);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public void The_keyboard_reaches_days_tables_and_people()
    {
        using Browser browser = Browser.Start();
        using Workplace place = Workplace.Empty();
        Load(place, Repository.Set("default"));
        browser.SetSize(1200, 900);
        browser.Open(place["report.html"], "#person=user_000000");

        browser.Evaluate("document.querySelector('.calendar').focus()");
        browser.Press("ArrowLeft");
        Assert.Equal("Thu 12 Jan 2023: no value", browser.Texts(".scale .hint").Single());
        browser.Press("ArrowUp");
        Assert.Equal("Wed 11 Jan 2023: 19,413 steps", browser.Texts(".scale .hint").Single());
        browser.Press("Enter");
        Assert.Contains("Steps19,413 steps", browser.Texts(".day div"));
        Assert.Equal(0, browser.Evaluate("[...document.querySelectorAll('.chart, .calendar')].filter(e => !e.getAttribute('aria-label')).length").GetInt32());

        browser.Evaluate("(() => { const who = document.getElementById('who'); who.value = 'wei iv'; document.getElementById('find').requestSubmit(); })()");
        browser.WaitFor("document.querySelector('h1').textContent === 'Wei Ivanov'");
        browser.Evaluate("history.back()");
        browser.WaitFor("document.querySelector('h1').textContent === 'Fatima Ivanov'");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public void A_range_without_days_says_so()
    {
        using Browser browser = Browser.Start();
        using Workplace place = Workplace.Empty();
        Load(place, Repository.Set("default"), "--until", "2000-01-01");

        browser.Open(place["report.html"]);

        Assert.Contains("There are no days.", browser.Texts(".lead"));
        Assert.Empty(browser.Errors);
    }

    /// <summary>Loads data and makes a report of them, with the rejects if there are any.</summary>
    private static void Load(Workplace place, string data, params string[] options)
    {
        Outcome loaded = HealthIngestionProcess.Run(place.Directory, data, "--quiet");
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        Outcome reported = HealthIngestionProcess.Run(place.Directory, ["report", .. place.Has("rejects.ndjson") ? (string[])["--rejects", "rejects.ndjson"] : [], .. options]);
        Assert.True(reported.ExitCode == 0, reported.Error);
    }

    private static void AssertDrawn(Browser browser, int charts)
    {
        JsonElement[] colors = [.. browser.Evaluate($"[...document.querySelectorAll('.chart canvas')].map({Colors})").EnumerateArray()];
        Assert.Equal(charts, colors.Length);
        Assert.All(colors, c => Assert.InRange(c.GetInt32(), 3, int.MaxValue));
        Assert.All(browser.Requests, r => Assert.StartsWith("file://", r, StringComparison.Ordinal));
        Assert.Single(browser.Requests);
    }

    private static void AssertFits(Browser browser)
    {
        JsonElement width = browser.Evaluate("[document.documentElement.scrollWidth, innerWidth]");
        Assert.True(width[0].GetInt32() <= width[1].GetInt32(), $"{width} {browser.Evaluate("location.hash")}");
    }

    /// <summary>Opens the table behind a chart and compares columns with those of the database.</summary>
    private static void AssertTable(Browser browser, string title, List<object?[]> rows, params (int Index, string Header, int Decimals)[] columns)
    {
        JsonElement table = browser.Evaluate($$"""
            (async () => {
                const figure = [...document.querySelectorAll("figure")].find(f => f.querySelector("h2").textContent === "{{title}}");
                figure.querySelector("details").open = true;
                while (!figure.querySelector("details table")) await new Promise(done => setTimeout(done, 5));
                return [...figure.querySelectorAll("details table tr")].map(tr => [...tr.children].map(cell => cell.textContent));
            })()
            """);
        string[][] cells = [.. table.EnumerateArray().Select(r => r.EnumerateArray().Select(c => c.GetString()!).ToArray())];
        Assert.Equal(rows.Select(r => (string)r[0]!), cells.Skip(1).Select(r => r[0]));
        foreach ((int index, string header, int decimals) in columns)
        {
            int at = Array.IndexOf(cells[0], header);
            Assert.True(at > 0, $"{title} has no column {header}: {string.Join(", ", cells[0])}");
            for (int i = 0; i < rows.Count; i++)
            {
                string shown = cells[i + 1][at];
                Assert.Equal(rows[i][index] is null, shown == "–");
                if (rows[i][index] is { } value)
                {
                    double difference = Math.Abs(Convert.ToDouble(value, CultureInfo.InvariantCulture) - double.Parse(shown, NumberStyles.Number, CultureInfo.InvariantCulture));
                    Assert.True(difference <= (0.5 * Math.Pow(10, -decimals)) + 1e-9, $"{title}, {header}, {rows[i][0]}: {value} is not {shown}");
                }
            }
        }
    }
}
