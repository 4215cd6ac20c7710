using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FastIngest.Health;
using FastIngest.Reports;
using FastIngest.Stored;
using FastIngest.Tests.Storage;
using FastIngest.Tests.Stored;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Reports;

/// <summary>The file of a report: its size, its policy, and that nothing of the data can become a part of the page.</summary>
public sealed class ReportWriterTests
{
    private const string Hostile = "</script><img src=x onerror=alert(1)><script>alert(2)//\u2028\"'&{{data}}<!--";

    [Fact]
    public async Task Hostile_ids_and_names_are_nowhere_in_the_text_of_the_file_but_in_its_data()
    {
        using ReaderSource source = new("sqlite");
        await source.LoadAsync(new SummaryBatch().User(Hostile, Hostile + " name").Row(Hostile, "2024-01-01", 1, (Category.Sleep, "Slept.")));

        string page = await WriteAsync(source, new ReportOptions());

        Assert.DoesNotContain("onerror", page, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(", page, StringComparison.Ordinal);
        BlockReader overview = Block(page, "overview"), person = Block(page, "person-0");
        Assert.Equal((Hostile, Hostile + " name"), (overview.Header.GetProperty("listed")[0][0].GetString(), overview.Header.GetProperty("listed")[0][1].GetString()));
        Assert.Equal((Hostile, Hostile + " name"), (person.Header.GetProperty("id").GetString(), person.Header.GetProperty("profile").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task The_policy_allows_the_script_and_the_style_of_the_page_and_nothing_else()
    {
        using ReaderSource source = new("sqlite");
        await source.LoadAsync(new SummaryBatch().Row("u", "2024-01-01", 1, (Category.Sleep, "Slept.")));

        string page = await WriteAsync(source, new ReportOptions());

        string policy = Regex.Match(page, "http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        string script = Regex.Match(page, "<script>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value, style = Regex.Match(page, "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(
            $"default-src 'none'; script-src 'sha256-{Sha256(script)}'; style-src 'sha256-{Sha256(style)}'; img-src data:; base-uri 'none'; form-action 'none'",
            policy);
        Assert.Contains("Permission is hereby granted, free of charge", script, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Replace(script, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotMatch("""(?i)\b(src|href)\s*=\s*["'](?!#|data:,)""", page.Replace(script, "", StringComparison.Ordinal));
        string served = Encoding.UTF8.GetString(ReportPage.Served.Span);
        Assert.Contains($"script-src 'sha256-{Sha256(script)}'", served, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", served, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'; ", ReportPage.ServedPolicy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.9)]
    public async Task The_people_with_the_most_days_have_a_page_as_far_as_the_size_allows(double share)
    {
        using ReaderSource source = new("sqlite");
        SummaryBatch batch = new();
        for (int person = 0; person < 300; person++)
        {
            for (int day = 0; day < 20 + (person * 7 % 100); day++)
            {
                batch.Row($"u{person:000}", new DateOnly(2024, 1, 1).AddDays(day * 3).ToString("O"), (person * 31 + day * 17) % 900, (Category.Sleep, "Slept."));
            }
        }

        await source.LoadAsync(batch);

        int least = (await WriteAsync(source, new ReportOptions { MaxBytes = 1 })).Length, most = (await WriteAsync(source, new ReportOptions())).Length;
        int maxBytes = least + (int)((most - least) * share);

        string page = await WriteAsync(source, new ReportOptions { MaxBytes = maxBytes });

        // A page less is what is missing to the limit.
        Assert.InRange(Encoding.UTF8.GetByteCount(page), maxBytes - 3_000, maxBytes);
        BlockReader overview = Block(page, "overview");
        int[] days = [.. overview.Header.GetProperty("listed").EnumerateArray().Select(p => p[2].GetInt32())];
        int[] pages = [.. overview.Header.GetProperty("pages").EnumerateArray().Select(p => p.GetInt32())];
        Assert.Equal(300, days.Length);
        Assert.InRange(pages.Length, 1, 299);
        Assert.Equal(pages, Enumerable.Range(0, 300).OrderByDescending(i => days[i]).ThenBy(i => i).Take(pages.Length).Order());
        Assert.All(pages, i => Assert.Equal(days[i], Block(page, $"person-{i}").Columns["day"].Length));
        Assert.Equal(pages.Length, Regex.Count(page, "id=\"person-"));
    }

    [Fact]
    public async Task A_file_is_private_replaces_an_older_one_and_stays_as_it_was_after_a_failure()
    {
        using ReaderSource source = new("sqlite");
        using TempFolder folder = new();
        await source.LoadAsync(new SummaryBatch().Row("u", "2024-01-01", 1, (Category.Sleep, "Slept.")));
        await using ISummaryReader reader = source.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        string path = folder["report.html"];

        WrittenReport written = await ReportWriter.WriteAsync(reader, new ReportOptions(), path, NoOutput, TestContext.Current.CancellationToken);
        byte[] first = File.ReadAllBytes(path);
        await Assert.ThrowsAsync<IngestException>(() => ReportWriter.WriteAsync(reader, new ReportOptions { RejectsPath = folder["missing"] }, path, NoOutput, TestContext.Current.CancellationToken));
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReportWriter.WriteAsync(reader, new ReportOptions(), path, NoOutput, stopped.Token));

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal((1, 1, 1, first.Length), (written.People, written.Pages, written.Days, written.Bytes));
        Assert.Equal(first, File.ReadAllBytes(path));
        Assert.Equal(["report.html"], folder.Names);
        IngestException fault = await Assert.ThrowsAsync<IngestException>(() => ReportWriter.WriteAsync(reader, new ReportOptions(), folder["no/report.html"], NoOutput, TestContext.Current.CancellationToken));
        Assert.Contains("its folder does not exist", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_of_ten_thousand_years_become_years_in_the_overview()
    {
        using ReaderSource source = new("sqlite");
        SummaryBatch batch = new();
        for (int year = 1; year <= 9_999; year++)
        {
            batch.Row("u", $"{year:0000}-07-01", year % 300, (Category.Measurements, "Weighed."));
        }

        await source.LoadAsync(batch);
        await using ISummaryReader reader = source.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);

        BlockReader overview = BlockReader.Read(await ReportData.OverviewAsync(reader, new ReportOptions(), TestContext.Current.CancellationToken));

        Assert.Equal(3_640, overview.Header.GetProperty("bucket_days").GetInt32());
        Assert.InRange(overview.Columns["bucket_day"].Length, 900, 2_000);
        Assert.Equal(9_999, overview.Columns["coverage_day"].Length);
        Assert.Equal(9_999, overview.Columns["weight_n"].Sum());
    }

    [Fact]
    public void The_vendored_files_are_those_that_their_page_names()
    {
        string folder = Path.Combine(TestData.Root, "src", "FastIngest", "Reports", "Page", "vendor");
        string readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        foreach (string file in (string[])["uPlot.iife.min.js", "uPlot.min.css"])
        {
            Assert.Contains($"| `{file}` | `{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file))))}` |", readme, StringComparison.Ordinal);
        }
    }

    private static Stream NoOutput() => throw new InvalidOperationException("The report goes to a file.");

    private static async Task<string> WriteAsync(ReaderSource source, ReportOptions options)
    {
        await using ISummaryReader reader = source.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        using MemoryStream output = new();
        WrittenReport written = await ReportWriter.WriteAsync(reader, options, "-", () => output, TestContext.Current.CancellationToken);
        Assert.Equal(output.Length, written.Bytes);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static BlockReader Block(string page, string id) =>
        BlockReader.Read(Convert.FromBase64String(Regex.Match(page, $"<script type=\"text/plain\" id=\"{id}\">([A-Za-z0-9+/=]*)</script>").Groups[1].Value));

    private static string Sha256(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
