namespace HealthIngestion.Tests;

/// <summary>The page of <c>serve</c> in a real browser: live data, and no request to anywhere else.</summary>
public sealed class ServePageTests
{
    [Fact]
    public void The_page_shows_people_of_the_database_and_asks_only_its_server()
    {
        using Browser browser = Browser.Start();
        using Workplace place = Workplace.Empty();
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, Repository.Set("default"), "--to", "sqlite:health.db").ExitCode);
        using RunningServer server = RunningServer.Start(place.Directory, "--rate", "0");
        string[] names;
        using (Database database = Database.Open(place["health.db"]))
        {
            names = [.. database.Query("SELECT u.name FROM users u WHERE u.user_id IN (SELECT user_id FROM daily_summaries) ORDER BY u.user_id").Select(r => (string)r[0]!)];
        }

        browser.Open(server.Url.ToString());
        Assert.StartsWith("People4", browser.Texts(".tile")[0], StringComparison.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            browser.Open(server.Url.ToString(), $"#person=user_{i:000000}");
            Assert.Equal(names[i], browser.Texts("h1").Single());
            Assert.All(browser.Requests.Where(r => !r.StartsWith("data:", StringComparison.Ordinal)), r => Assert.StartsWith(server.Url.ToString(), r, StringComparison.Ordinal));
        }
    }
}
